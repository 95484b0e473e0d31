# What `ai-usage --sessions` makes of the gateway's answer. $gateway is an origin; $form is text or json.
include "show";

def time: epoch | if . == "-" then . else tonumber | strftime("%d %b %H:%M") end;

def text:
  "AI usage by session at \($gateway), last \(.days | figure) days; times in UTC",
  "",
  if (.sessions | length) == 0 then "  nothing yet"
  else
    ([["session", "calls", "input", "output", "cached", "spent", "begin", "end"]]
      + [.sessions[:50][] | [
          (.session // "(none named)" | clean(40)),
          (.calls | tokens), (.input_tokens | tokens), (.output_tokens | tokens), (.cache_read_tokens | tokens),
          (.spend | dollars), (.begins_at | time), (.ends_at | time)
        ]] | table)
  end,
  if .truncated == true then "", "  There are older calls, which were not looked at: the last of these sessions may lack some." else empty end;

if (.sessions | type) != "array" then error("not the gateway")
elif $form == "json" then {gateway: $gateway} + .
else text end
