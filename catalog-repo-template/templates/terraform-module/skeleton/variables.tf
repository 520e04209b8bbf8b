variable "name" {
  description = "What it is for: lower-case letters, digits and dashes."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,38}[a-z0-9]$", var.name))
    error_message = "Use 3 to 40 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "environment" {
  description = "Where it runs."
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.environment)
    error_message = "Use development, staging or production."
  }
}

variable "tags" {
  description = "More tags; they win over the module's own."
  type        = map(string)
  default     = {}
}
{%- if values.start == 'aws-queue' %}

variable "visibility_timeout_seconds" {
  description = "How long a consumer may work on a message: more than its longest run."
  type        = number
  default     = 60

  validation {
    condition     = var.visibility_timeout_seconds >= 0 && var.visibility_timeout_seconds <= 43200
    error_message = "Use 0 to 43200 seconds."
  }
}

variable "max_receive_count" {
  description = "How often a message is tried before it becomes a dead letter."
  type        = number
  default     = 5

  validation {
    condition     = var.max_receive_count >= 1 && var.max_receive_count <= 1000
    error_message = "Use 1 to 1000."
  }
}
{%- endif %}
