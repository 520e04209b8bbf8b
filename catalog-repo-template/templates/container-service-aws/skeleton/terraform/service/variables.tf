variable "image_tag" {
  description = "The commit whose image runs."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{40}$", var.image_tag))
    error_message = "Use the full SHA of a commit of main."
  }
}

variable "port" {
  description = "Where the container listens."
  type        = number
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one CPU."
  type        = number
}

variable "memory" {
  description = "Memory of a task in MiB."
  type        = number
}

variable "min_tasks" {
  description = "How many tasks run at least; two survive the loss of a zone."
  type        = number
}

variable "max_tasks" {
  description = "How many tasks run at most."
  type        = number

  validation {
    condition     = var.max_tasks >= var.min_tasks
    error_message = "The most cannot be fewer than the fewest."
  }
}

variable "log_level" {
  description = "DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "public_subnet_ids" {
  description = "Where the load balancer stands, in at least two zones."
  type        = list(string)
}

variable "private_subnet_ids" {
  description = "Where the tasks run; they reach the internet through NAT or endpoints."
  type        = list(string)
}

variable "domain" {
  description = "Where callers find it."
  type        = string
}

variable "hosted_zone_id" {
  description = "The public zone of the domain."
  type        = string
}

variable "access_log_bucket" {
  description = "Where the load balancer writes its access logs."
  type        = string
}

variable "web_acl_arn" {
  description = "The WAF web ACL that guards it; none where Firewall Manager sees to that."
  type        = string
  default     = null
}
