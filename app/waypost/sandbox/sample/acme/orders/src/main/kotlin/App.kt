// Orders
fun main() = println("ok")
