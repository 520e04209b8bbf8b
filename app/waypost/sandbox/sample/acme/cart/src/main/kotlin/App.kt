// Cart
fun main() = println("ok")
