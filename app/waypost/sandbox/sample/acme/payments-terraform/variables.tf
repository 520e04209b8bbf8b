variable "environment" {
  description = "Where this runs: staging or production."
  type        = string
}
