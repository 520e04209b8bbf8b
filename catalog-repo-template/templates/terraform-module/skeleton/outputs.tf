output "id" {
  description = "The name by rule: name and environment."
  value       = local.id
}

output "tags" {
  description = "The tags by rule, with those that were given."
  value       = local.tags
}
{%- if values.start == 'aws-queue' %}

output "queue_arn" {
  description = "For the policies of senders and receivers."
  value       = aws_sqs_queue.this.arn
}

output "queue_url" {
  description = "Where to send and receive."
  value       = aws_sqs_queue.this.id
}

output "dead_letter_queue_arn" {
  description = "What an alarm should watch."
  value       = aws_sqs_queue.dead_letters.arn
}
{%- endif %}
