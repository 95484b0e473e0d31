# Provider settings: Coder fills them in.

provider "coder" {}

provider "docker" {}
