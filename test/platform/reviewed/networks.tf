# Who can reach whom.

resource "docker_network" "workspaces" {
  name     = "coder-network"
  driver   = "bridge"
  internal = false

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }

  dynamic "ipam_config" {
    for_each = compact([var.workspace_network_subnet])

    content {
      subnet  = ipam_config.value
      gateway = cidrhost(ipam_config.value, 1)
    }
  }
}

variable "workspace_network_subnet" {
  type        = string
  description = "Range of addresses of the network \"coder-network\", such as 172.30.0.0/16. Empty: the engine chooses, and an upgrade cannot take names from a gateway that is still answering."
  default     = ""
  nullable    = false
}

resource "docker_network" "inner" {
  name     = "ai-platform-inner"
  driver   = "bridge"
  internal = true

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }

  dynamic "ipam_config" {
    for_each = compact([var.inner_network_subnet])

    content {
      subnet  = ipam_config.value
      gateway = cidrhost(ipam_config.value, 1)
    }
  }
}

variable "inner_network_subnet" {
  type        = string
  description = "Range of addresses of the network \"ai-platform-inner\", such as 172.30.0.0/16. Empty: the engine chooses, and an upgrade cannot take names from a gateway that is still answering."
  default     = ""
  nullable    = false
}

resource "docker_network" "edge" {
  name     = "ai-platform-edge"
  driver   = "bridge"
  internal = false

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }

  dynamic "ipam_config" {
    for_each = compact([var.edge_network_subnet])

    content {
      subnet  = ipam_config.value
      gateway = cidrhost(ipam_config.value, 1)
    }
  }
}

variable "edge_network_subnet" {
  type        = string
  description = "Range of addresses of the network \"ai-platform-edge\", such as 172.30.0.0/16. Empty: the engine chooses, and an upgrade cannot take names from a gateway that is still answering."
  default     = ""
  nullable    = false
}

resource "docker_network" "engine" {
  name     = "ai-platform-engine"
  driver   = "bridge"
  internal = true

  labels {
    label = "ai-platform.name"
    value = "ai-platform"
  }

  dynamic "ipam_config" {
    for_each = compact([var.engine_network_subnet])

    content {
      subnet  = ipam_config.value
      gateway = cidrhost(ipam_config.value, 1)
    }
  }
}

variable "engine_network_subnet" {
  type        = string
  description = "Range of addresses of the network \"ai-platform-engine\", such as 172.30.0.0/16. Empty: the engine chooses, and an upgrade cannot take names from a gateway that is still answering."
  default     = ""
  nullable    = false
}
