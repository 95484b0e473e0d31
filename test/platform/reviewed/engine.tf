# The Docker engine: DOCKER_HOST names another than the one of this machine.

provider "docker" {}
