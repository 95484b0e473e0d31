# How the tools show figures and foreign text. Only what is made here may reach a terminal.

# Control characters, and those that turn the direction of writing: a name must not move the cursor or hide itself.
def harmless:
  . >= 32 and (. < 127 or . >= 160) and . != 1564 and . != 8206 and . != 8207 and (. < 8232 or . > 8238)
  and (. < 8294 or . > 8297) and . != 65279 and (. < 917504 or . > 917631);
def clean($most): tostring | explode | map(if harmless then . else 63 end) | implode | .[0:$most];
def clean: clean(60);

# As many of a character as a text lacks.
def filler($text; $width): ($width - ($text | length)) as $n | if $n > 0 then . * $n else "" end;
def left($width): . + (. as $text | " " | filler($text; $width));
def right($width): . as $text | (" " | filler($text; $width)) + $text;

def digits($n): tostring as $text | ("0" | filler($text; $n)) + $text;
# A number of the gateway, or nothing at all: no text can pass as one.
def figure: if type == "number" and . >= 0 and . < 1e15 then . else 0 end;
def fixed($decimals): figure | (pow(10; $decimals)) as $unit | (. * $unit | round) as $whole
  | "\($whole / $unit | floor).\($whole % $unit | digits($decimals))";
# Four decimals where two would say "nothing".
def dollars:
  figure | if . > 0 and . < 0.0001 then "<$0.0001" elif . > 0 and . < 0.01 then "$" + fixed(4) else "$" + fixed(2) end;
def price: figure | "$" + if (. * 100 | round) == (. * 1000 | round) / 10 then fixed(2) else fixed(3) end;
def tokens: figure
  | if . >= 999500 then "\(. / 1e5 | round / 10)M" elif . >= 1e4 then "\(. / 1e3 | round)k"
    elif . >= 1e3 then "\(. / 100 | round / 10)k" else "\(round)" end;

# Rows of texts as lines: the first column reads from the left, the others are figures.
def table:
  . as $rows | (transpose | map(map(length) | max)) as $widths | $rows[]
  | [to_entries[] | .key as $at | .value | if $at == 0 then left($widths[$at]) else right($widths[$at]) end]
  | "  " + join("   ");

# Seconds since 1970 of an ISO 8601 time of the gateway; "-" for anything else.
def epoch: (strings | sub("\\.[0-9]+Z$"; "Z") | try (fromdateiso8601 | tostring) catch "-") // "-";
