# Platform modules
terraform {
  required_version = ">= 1.9"
}
