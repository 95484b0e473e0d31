/**
 * What secrets look like: the list that masking goes by.
 *
 * Each expression begins with letters of its own wherever it can, so that looking for it is one pass over the text, and
 * each of its repetitions is bounded: from one place it looks no further than `REACH`. What may be longer than that goes
 * on by a walk, from character to character. Where a secret is told by what stands before it, that is the group `lead`;
 * what is masked is the group `secret`, or all of it.
 *
 * Sources: the documentation of whoever gives out the tokens, and the rules of secretlint's recommended preset, against
 * which a test holds these.
 */
import { isAssignedSecret, isDrawn, isPassword, isPlaceholder } from './likely-secret';

export interface Pattern {
  /** As the mask names it. */
  readonly kind: string;
  /** With the flag g. */
  readonly expression: RegExp;
  /** What goes on behind the match, however far; characters of the set are part of the secret. */
  readonly goesOn?: 'token' | 'dotted' | 'base64' | 'pem';
  /** It begins a word: what is part of a longer one is none. */
  readonly beginsWord?: true;
  /** Asked of what was found: its beginning, what stands before it, and how many dots are in all of it. */
  readonly accepts?: (secret: string, lead: string, dots: number) => boolean;
}

/** UTF-16 units that an expression looks at from where it begins, at most. */
export const REACH = 1_024;

/** What stands between a name and its value: quotes that close, blanks, line breaks as JSON writes them too, a type. */
const CLOSE = String.raw`(?:\\{0,3}["'\x60]|&quot;)?\]?`;
const BLANKS = String.raw`(?:\s|\\{1,4}[nrt]){0,12}`;
const TYPE = String.raw`(?::\s{0,2}(?:string|str|String|&str|const char\s?\*)\s{0,2})?`;
const OPERATOR = String.raw`(?:=>|:=|={1,3}|:|\(|,|%3D)`;
const BETWEEN = `${CLOSE}${BLANKS}${TYPE}${OPERATOR}${BLANKS}(?:[>|][-+]?${BLANKS})?`;
const NAME = String.raw`(?:pass(?:word|wd|phrase|code)|pwd|secret|token|api[-_. ]?key|access[-_. ]?key|(?:auth|private|encryption|signing|account|master|storage|license)[-_. ]?key|credential|passw|_authToken|_auth|db_pass|kennwort)`;
const LEAD = String.raw`(?<lead>${NAME}s?(?<rest>[\w.-]{0,24})${BETWEEN}`;

/** What a name of something about a secret ends with: where it is, how long, of which sort. */
const ABOUT =
  /(?:id|ids|name|names|file|path|dir|url|uri|endpoint|type|kind|length|len|size|count|limit|limits|min|max|ttl|expiry|expires|expire|age|field|label|hint|policy|regex|pattern|hash|ref|arn|manager|provider|rotation|required|enabled|version|usage|prompt|input|placeholder|selector|error|errors|message|format|algorithm|alg|owner|budget|price|cost|index|strategy|store|class|changed|reset|at|by|in|for)$/i;

const assigned =
  (isQuoted: boolean) =>
  (secret: string, lead: string): boolean => {
    // bounded: an expression's match
    const rest =
      /(?:pass|pwd|secret|token|key|credential|auth|kennwort|passw)[a-z]{0,8}([\w.-]{0,24})/i.exec(
        lead,
      )?.[1] ?? '';
    return !ABOUT.test(rest) && isAssignedSecret(secret, isQuoted, /passphrase/i.test(lead));
  };

const hasDigit = (text: string): boolean => /\d/.test(text);

export const PATTERNS: readonly Pattern[] = [
  {
    kind: 'private-key',
    expression: /-----BEGIN\s?[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/gi,
    goesOn: 'pem',
  },
  { kind: 'anthropic-key', expression: /sk-ant-[A-Za-z0-9_-]{20,200}/gi, goesOn: 'token', accepts: isDrawn },
  {
    kind: 'openai-key',
    expression:
      /sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,300}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}/gi,
    goesOn: 'token',
    accepts: isDrawn,
  },
  {
    // Of this gateway: "sk-" and 32 bytes in base64url.
    kind: 'gateway-key',
    expression: /sk-[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/gi,
    beginsWord: true,
    accepts: isDrawn,
  },
  {
    kind: 'api-key',
    expression: /sk-[A-Za-z0-9_-]{20,300}/gi,
    goesOn: 'token',
    beginsWord: true,
    // Class names of scikit-learn begin so.
    accepts: (secret) => isDrawn(secret) && (/[A-Z]/.test(secret) || /[0-9a-f]{12}/.test(secret)),
  },
  {
    kind: 'aws-secret-key',
    expression:
      /(?<lead>(?:AKIA|ASIA)[A-Z0-9]{16}[^A-Za-z0-9/+]{1,16}(?:[A-Za-z_]{1,32}[^A-Za-z0-9/+]{1,12}){0,3})(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/g,
    accepts: isDrawn,
  },
  {
    kind: 'aws-secret-key',
    expression: new RegExp(
      String.raw`(?<lead>secret[-_ .]?(?:access[-_ .]?)?key${BETWEEN}\\{0,3}["'\x60]?)(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])`,
      'gi',
    ),
    accepts: isDrawn,
  },
  {
    kind: 'aws-access-key',
    expression:
      /(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}(?![A-Za-z0-9])/gi,
    beginsWord: true,
    // In capitals as they are given out; spelt otherwise, with a digit at least.
    accepts: (secret) =>
      secret === secret.toUpperCase() || (secret === secret.toLowerCase() && hasDigit(secret)),
  },
  {
    kind: 'aws-bedrock-key',
    expression: /ABSK[A-Za-z0-9+/]{100,300}={0,2}|bedrock-api-key-[A-Za-z0-9+/]{40,300}={0,2}/g,
    goesOn: 'base64',
  },
  {
    kind: 'github-token',
    expression: /gh[pousr]_[A-Za-z0-9_]{36,255}|github_pat_[A-Za-z0-9_]{22,255}/gi,
    goesOn: 'token',
    accepts: hasDigit,
  },
  {
    kind: 'gitlab-token',
    expression:
      /(?:glpat|gldt|glrt|glcbt|glptt|glft|glimt|glagent|gloas|glsoat|glffct)-[A-Za-z0-9_=.-]{20,300}|GR1348941[A-Za-z0-9_-]{20,64}/gi,
    goesOn: 'token',
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    kind: 'slack-token',
    expression: /xox[abceoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,300}|xapp-[0-9]-[A-Za-z0-9-]{10,300}/gi,
    goesOn: 'token',
    accepts: (secret) => hasDigit(secret) && !isPlaceholder(secret),
  },
  {
    kind: 'slack-webhook',
    expression:
      /(?<lead>hooks\.slack\.com\\{0,2}\/(?:services|workflows|triggers)\\{0,2}\/)(?<secret>[A-Za-z0-9/\\]{20,200})/gi,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    kind: 'stripe-key',
    expression: /(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/]{24,128}={0,2}/gi,
    goesOn: 'token',
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    kind: 'google-key',
    expression: /AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,500}/gi,
    goesOn: 'token',
    accepts: isDrawn,
  },
  { kind: 'google-key', expression: /1\/\/0[A-Za-z0-9_-]{40,200}/g, goesOn: 'token', accepts: isDrawn },
  { kind: 'npm-token', expression: /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/gi, accepts: hasDigit },
  {
    // Passed over by no entropy rule: nothing else is ever written there.
    kind: 'npm-token',
    expression: /(?<lead>:_(?:authToken|auth|password)\s{0,4}=\s{0,4}["']?)(?<secret>[^\s"'\\$]{8,256})/gi,
    goesOn: 'token',
    accepts: (secret) => !isPlaceholder(secret),
  },
  { kind: 'pypi-token', expression: /pypi-[A-Za-z0-9_-]{50,300}/gi, goesOn: 'token', accepts: isDrawn },
  {
    kind: 'vendor-token',
    expression:
      /SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}|shp(?:at|ca|pa|ss)_[A-Za-z0-9]{32,64}|lin_api_[A-Za-z0-9_]{32,128}|hf_[A-Za-z0-9]{30,64}|do[opr]_v1_[a-f0-9]{64}|dckr_pat_[A-Za-z0-9_-]{20,64}|gl(?:sa|c)_[A-Za-z0-9+/_=]{32,200}|hv[sbr]\.[A-Za-z0-9_-]{24,300}|dapi[a-f0-9]{32}|AGE-SECRET-KEY-1[A-Z0-9]{50,64}|gsk_[A-Za-z0-9]{40,64}|xai-[A-Za-z0-9]{60,100}|pplx-[A-Za-z0-9]{40,64}|ops_ey[A-Za-z0-9+/_-]{40,300}|sntrys_[A-Za-z0-9+/=_]{40,300}|figd_[A-Za-z0-9_-]{36,64}|secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,64}|lsv2_(?:pt|sk)_[A-Za-z0-9_]{32,64}/g,
    goesOn: 'token',
    beginsWord: true,
    accepts: isDrawn,
  },
  {
    kind: 'telegram-token',
    expression: /[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g,
    beginsWord: true,
  },
  {
    kind: 'jwt',
    expression: /eyJ[A-Za-z0-9_-]{14}/g,
    goesOn: 'dotted',
    beginsWord: true,
    accepts: (secret, _, dots) => dots >= 1 && secret.length >= 40,
  },
  {
    kind: 'url-password',
    expression: /(?<lead>:\\{0,3}\/\\{0,3}\/)(?<secret>[^\s:@/"'<>\\]{8,256})(?=:x-oauth-basic@)/gi,
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    kind: 'url-password',
    expression: /(?<lead>:\\{0,3}\/\\{0,3}\/[^\s:@/"'<>\\]{0,128}:)(?<secret>[^\s@"'<>\\]{1,256})(?=@)/g,
    accepts: (secret) => isPassword(secret),
  },
  {
    kind: 'connection-string',
    expression:
      /(?<lead>;\s{0,4}(?:password|pwd|AccountKey|SharedAccessKey|SharedAccessSignature|SecretKey)\s{0,4}=\s{0,4})(?<secret>[^;"'\s\\]{1,256})/gi,
    goesOn: 'base64',
    accepts: isPassword,
  },
  {
    kind: 'bearer-token',
    expression: /(?<lead>bearer(?:\s|%20|\+|:|=|\\t){1,4}["']?)(?<secret>[A-Za-z0-9._~+/-]{16,500}={0,2})/gi,
    goesOn: 'dotted',
    accepts: (secret) =>
      isDrawn(secret) || (secret.length >= 32 && !isPlaceholder(secret) && hasDigit(secret)),
  },
  {
    kind: 'authorization-header',
    expression:
      /(?<lead>authorization["'\]\\]{0,4}\s{0,4}[:=,]\s{0,4}\\{0,3}["'\x60]?(?:basic|token|digest|apikey|key)\s{1,4})(?<secret>[A-Za-z0-9._~+/=-]{8,500})/gi,
    goesOn: 'base64',
    accepts: (secret) => !isPlaceholder(secret),
  },
  {
    kind: 'password',
    expression: new RegExp(
      String.raw`${LEAD}[a-z]?(?<open>\\{0,3}["'\x60]|&quot;))(?<secret>[^\r\n]{6,256}?)\k<open>`,
      'gi',
    ),
    accepts: assigned(true),
  },
  {
    kind: 'password',
    expression: new RegExp(String.raw`${LEAD}(?:\\{0,3}["'\x60])?)(?<secret>[^\s"'\x60,;\\&]{8,256})`, 'gi'),
    goesOn: 'base64',
    accepts: assigned(false),
  },
  {
    // Options of a command line, and what netrc says.
    kind: 'password',
    expression:
      /(?<lead>--?(?:password|passwd|token|secret|api-?key)\s{1,4}["']?|\blogin\s{1,4}[^\s]{1,100}\s{1,8}password\s{1,4})(?<secret>[^\s"']{6,256})/gi,
    accepts: (secret) => isAssignedSecret(secret, false),
  },
];
