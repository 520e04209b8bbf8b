// Picking
fun main() = println("ok")
