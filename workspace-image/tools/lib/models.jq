# What `ai-models` makes of the gateway's answer. $gateway is an origin, $chosen a model; $form is text or json.
include "show";

# The gateway lists a model once under its name and once under each alias.
def models:
  [.data[] | objects | select((.id | type) == "string") | .model = (.model // .id | tostring)] as $entries
  | reduce ($entries[] | .model) as $name ([]; if index([$name]) then . else . + [$name] end)
  | map(
      . as $name
      | [$entries[] | select(.model == $name)] as $same
      | ($same | map(select(.id == $name))[0] // $same[0]) as $entry
      | [$same[] | .id | select(. != $name)] as $aliases
      | ($entry | {display_name, max_input_tokens, max_output_tokens, supports_vision, price_per_million_tokens}) + {
          name: $name,
          aliases: $aliases,
          available: ($entry.available != false),
          chosen: ($chosen != "" and ([$name] + $aliases | index([$chosen])) != null)
        }
    );

def prices:
  .price_per_million_tokens
  | [.input?, .output?, .cache_write?, .cache_read?] | map(if . == null then "-" else price end);

def text:
  models as $models
  | "Models for this workspace at \($gateway)",
    "",
    ([["", "context", "answer", "input", "output", "cache write", "cache read"]]
      + [$models[]
        | [
            (if .chosen then "* " else "  " end) + (.name | clean),
            (.max_input_tokens | tokens),
            (.max_output_tokens | tokens)
          ] + prices]
      | table),
    "",
    "  context, answer: tokens at most; prices: US dollars for a million tokens"
      + if .priced_on then ", as of \(.priced_on | clean)" else "" end,
    ($models[] | select(.aliases | length > 0)
      | "  \(.name | clean) is also called \(.aliases | map(clean) | join(", "))"),
    ($models[] | select(.available | not) | "  \(.name | clean) cannot be used now: nobody here serves it"),
    if $chosen != "" and ($models | map(.chosen) | any | not) then
      "",
      "  This workspace is set to \($chosen | clean), which its key may not use: choose another AI Model in its settings."
    else empty end;

if (.data | type) != "array" then error("not the gateway")
elif $form == "json" then {gateway: $gateway, chosen: $chosen, priced_on, models: models}
else text end
