# Terraform and the providers this template works with.

terraform {
  required_version = ">= 1.9, < 2"

  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.13, < 3"
    }
    docker = {
      source  = "kreuzwerker/docker"
      version = ">= 3.6, < 5"
    }
  }
}
