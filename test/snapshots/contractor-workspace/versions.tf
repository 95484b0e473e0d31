# Terraform and the providers this template works with.

terraform {
  required_version = ">= 1.9, < 2"

  required_providers {
    coder  = { version = ">= 2.13, < 3", source = "coder/coder" }
    docker = { version = ">= 3.6, < 5", source = "kreuzwerker/docker" }
  }
}
