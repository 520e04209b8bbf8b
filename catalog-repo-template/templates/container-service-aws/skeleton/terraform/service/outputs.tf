output "url" {
  description = "Where callers find it."
  value       = "https://${var.domain}"
}

output "image" {
  description = "What runs."
  value       = local.image
}

output "log_group" {
  description = "Where its logs are."
  value       = aws_cloudwatch_log_group.this.name
}
