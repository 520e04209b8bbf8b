// Packing station
fun main() = println("ok")
