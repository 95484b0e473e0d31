# How strictly the assistant works: the strictest of choice and policy.

locals {
  ai_levels = ["unrestricted", "standard", "design-first"]

  ai_level_floors = {
    everyone  = "unrestricted"
    templates = {}
    groups    = {}
    people    = {}
  }

  ai_levels_that_apply = concat(
    [data.coder_parameter.ai_enforcement_level.value, local.ai_level_floors.everyone],
    [for name, level in local.ai_level_floors.templates : level if name == data.coder_workspace.me.template_name],
    [for name, level in local.ai_level_floors.groups : level if contains(data.coder_workspace_owner.me.groups, name)],
    [for name, level in local.ai_level_floors.people : level if contains([data.coder_workspace_owner.me.id, data.coder_workspace_owner.me.name], name)],
  )

  ai_level = local.ai_levels[max([
    for level in local.ai_levels_that_apply : try(index(local.ai_levels, level), length(local.ai_levels) - 1)
  ]...)]
}
