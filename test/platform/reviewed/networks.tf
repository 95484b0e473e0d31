# Who can reach whom.

resource "docker_network" "workspaces" {
  name     = "coder-network"
  driver   = "bridge"
  internal = false
}

resource "docker_network" "inner" {
  name     = "ai-platform-inner"
  driver   = "bridge"
  internal = true
}

resource "docker_network" "edge" {
  name     = "ai-platform-edge"
  driver   = "bridge"
  internal = false
}

resource "docker_network" "engine" {
  name     = "ai-platform-engine"
  driver   = "bridge"
  internal = true
}
