terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket       = "acme-labs.terraform-state"
    key          = "Acme-Labs/tariffs-of-every-zone-weight-and-carrier/service.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["210987654321"]

  default_tags {
    tags = {
      Service    = "tariffs-of-every-zone-weight-and-carrier"
      Owner      = "billing"
      Repository = "Acme-Labs/tariffs-of-every-zone-weight-and-carrier"
      ManagedBy  = "terraform"
    }
  }
}
