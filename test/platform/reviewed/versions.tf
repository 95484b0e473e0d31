# Terraform and the provider this works with.

terraform {
  required_version = ">= 1.9, < 2"

  required_providers {
    docker = {
      source  = "kreuzwerker/docker"
      version = ">= 3.6, < 5"
    }
  }
}
