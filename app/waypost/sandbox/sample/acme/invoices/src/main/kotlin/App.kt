// Invoices
fun main() = println("ok")
