# What `ai-usage` makes of the gateway's answer. $gateway is an origin; $form is text, badge or json.
include "show";

def figures: [.calls, .input_tokens, .output_tokens, .cache_write_tokens, .cache_read_tokens | tokens]
  + [.spend | dollars];
def heading($first): [$first, "calls", "input", "output", "cache write", "cache read", "spent"];
def split($entries; $first; name): [heading($first)] + [$entries[]? | [name | clean] + figures] | table;
# Days are those of the gateway's time zone: budgets open anew when one begins.
def part($split; $zone):
  if (($split.total.calls?) // 0) == 0 then "  nothing yet"
  else
    split($split.by_model; "model"; .model), "",
    split($split.by_day + [$split.total + {date: "total"}]; "day (\($zone))"; .date)
  end;
# An answer that was cut off: its provider never says what it bills for that.
def cut_off:
  (objects | .calls | figure) as $calls
  | if $calls == 0 then empty
    else
      (if $calls == 1 then ["call", "it"] else ["calls", "they"] end) as [$noun, $whose]
      | "  \($calls | tokens) \($noun) cut off: booked \(.spend | dollars), since the provider never said what \($whose) cost"
    end;
def duration: {"1d": "a day", "7d": "a week", "30d": "a month"}[. // "" | tostring] // "for good";

# For lines that only bash can finish: when the budget opens anew and when the key ends, in seconds since 1970 or "-".
def text:
  (.window_end | epoch),
  (.expires_at | epoch),
  "AI usage of \(if .workspace? then "workspace \(.workspace.name? | clean)" else .scope | clean end) (\(.owner.name? // "" | clean)) at \($gateway)",
  "",
  "  spent      \(.spend | dollars) of \(.max_budget | dollars) \(.budget_duration | duration), \(.budget_left | dollars) left"
    + if (.reserved | figure) > 0 then " (\(.reserved | dollars) held for calls under way)" else "" end
    + if .budget_left <= 0 then ": used up" else "" end,
  "  key        \(.key_name | clean), mode \(.level | clean)",
  if .content_logging? == true then
    "  logging    ON: an administrator has what you and the AI write sent to Langfuse, secrets masked"
  else empty end,
  (.owner_budget? | objects
    | "  all yours  \(.spend | dollars) of \(.max_budget | dollars) \(.budget_duration | duration), \(.budget_left | dollars) left"
      + if .budget_left <= 0 then ": used up" else "" end),
  if .activity? then
    (.activity.time_zone? // "UTC" | clean) as $zone |
    "", "\(if .workspace? then "This workspace" else "This key" end), last \(.activity.days | figure) days",
    part(.activity.account; $zone), (.activity.estimated?.account? | cut_off),
    "", "All of yours, last \(.activity.days | figure) days",
    part(.activity.owner; $zone), (.activity.estimated?.owner? | cut_off),
    if (.activity.owner.by_workspace | length) > 1 then
      "", split(.activity.owner.by_workspace; "workspace"; .workspace.name? // "(no workspace)")
    else empty end
  else empty end;

def badge:
  "$\(.spend | fixed(2)) of $\(.max_budget | fixed(2))" + if .budget_left <= 0 then ", used up" else "" end
    + if .content_logging? == true then ", content logged" else "" end;

def json:
  {
    gateway: $gateway,
    resets_in_seconds: (.window_end | epoch | if . == "-" then null else tonumber - now | floor end)
  } + .;

if [.spend, .max_budget, .budget_left | type] != ["number", "number", "number"] then error("not the gateway")
elif $form == "badge" then badge
elif $form == "json" then json
else text end
