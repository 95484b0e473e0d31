# Proof toward the AI gateway of which workspace this is.

variable "workspace_claim_secret" {
  type        = string
  description = "Shared with the AI gateway (WORKSPACE_CLAIM_SECRET): signs which workspace asks for a key."
  sensitive   = true
  nullable    = false
}

locals {
  workspace_claim_json = jsonencode({
    v          = 1
    deployment = data.coder_workspace.me.access_url
    workspace = {
      id   = data.coder_workspace.me.id
      name = data.coder_workspace.me.name
    }
    owner = {
      id     = data.coder_workspace_owner.me.id
      name   = data.coder_workspace_owner.me.name
      groups = [for group in data.coder_workspace_owner.me.groups : group if contains(keys(local.ai_level_floors.groups), group)]
    }
    template = {
      id      = data.coder_workspace.me.template_id
      name    = data.coder_workspace.me.template_name
      version = data.coder_workspace.me.template_version
    }
    level      = local.ai_level
    transition = data.coder_workspace.me.transition
    issued_at  = plantimestamp()
    prebuild   = data.coder_workspace.me.is_prebuild
  })

  workspace_claim_proof = sha256("${var.workspace_claim_secret}${sha256("${var.workspace_claim_secret}${local.workspace_claim_json}")}")
  workspace_claim       = data.coder_workspace.me.transition == "start" && !data.coder_workspace.me.is_prebuild && local.ai_wanted ? "v1.${base64encode(local.workspace_claim_json)}.${local.workspace_claim_proof}" : ""
}
