# What else happens when the workspace starts.

resource "coder_env" "git_author_name" {
  agent_id = coder_agent.main.id
  name     = "GIT_AUTHOR_NAME"
  value    = replace(coalesce(data.coder_workspace_owner.me.full_name, data.coder_workspace_owner.me.name), "$", "$${WORKSPACE_DOLLAR}")
}

resource "coder_env" "git_author_email" {
  agent_id = coder_agent.main.id
  name     = "GIT_AUTHOR_EMAIL"
  value    = replace(data.coder_workspace_owner.me.email, "$", "$${WORKSPACE_DOLLAR}")
}

resource "coder_env" "git_committer_name" {
  agent_id = coder_agent.main.id
  name     = "GIT_COMMITTER_NAME"
  value    = replace(coalesce(data.coder_workspace_owner.me.full_name, data.coder_workspace_owner.me.name), "$", "$${WORKSPACE_DOLLAR}")
}

resource "coder_env" "git_committer_email" {
  agent_id = coder_agent.main.id
  name     = "GIT_COMMITTER_EMAIL"
  value    = replace(data.coder_workspace_owner.me.email, "$", "$${WORKSPACE_DOLLAR}")
}

resource "coder_script" "git_clone" {
  count = data.coder_parameter.git_repo.value != "" ? 1 : 0

  agent_id     = coder_agent.main.id
  display_name = "Repository"
  icon         = "/icon/git.svg"
  run_on_start = true
  timeout      = 600

  script = join("\n", [
    "#!/usr/bin/env bash",
    "WORKSPACE_GIT_REPO=$${WORKSPACE_GIT_REPO-$(base64 -d <<<'${base64encode(data.coder_parameter.git_repo.value)}')}",
    "WORKSPACE_GIT_REPO_PATTERN=$${WORKSPACE_GIT_REPO_PATTERN-$(base64 -d <<<'${base64encode("https://(git[.]internal[.]example)(:[0-9]+)?/[^[:space:]$]+")}')}",
    file("${path.module}/scripts/git-clone.sh"),
  ])
}

resource "coder_script" "dotfiles" {
  count = data.coder_parameter.dotfiles.value != "" ? 1 : 0

  agent_id     = coder_agent.main.id
  display_name = "Dotfiles"
  icon         = "/icon/dotfiles.svg"
  run_on_start = true
  timeout      = 300

  script = join("\n", [
    "#!/usr/bin/env bash",
    "WORKSPACE_DOTFILES=$${WORKSPACE_DOTFILES-$(base64 -d <<<'${base64encode(data.coder_parameter.dotfiles.value)}')}",
    "WORKSPACE_DOTFILES_PATTERN=$${WORKSPACE_DOTFILES_PATTERN-$(base64 -d <<<'${base64encode("https://(git[.]internal[.]example)(:[0-9]+)?/[^[:space:]$]+")}')}",
    file("${path.module}/scripts/dotfiles.sh"),
  ])
}
