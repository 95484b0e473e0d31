#!/usr/local/bin/node
/**
 * Takes the place of Coder's program: `coder server` answers what `up` and the gateway ask of its interface, `coder templates
 * push` and `edit` do their part with the words and the refusals of the real ones. What it knows is in /home/coder.
 */
const { createHash, randomBytes, randomUUID } = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');

const STATE = '/home/coder/state.json';
const SIGNED_OUT = 'You are signed out or your session has expired. Please sign in again to continue.';
const NOT_FOUND = 'Resource not found or you do not have access to this resource';
const SCOPES = ['workspace:read', 'template:read', 'user:read'];

const read = () => {
  try {
    return JSON.parse(fs.readFileSync(STATE, 'utf8'));
  } catch {
    return { users: [], tokens: {}, templates: {} };
  }
};
const digest = (text) => createHash('sha256').update(String(text)).digest('hex');

function serve() {
  for (const name of ['CODER_PG_CONNECTION_URL', 'CODER_ACCESS_URL'])
    if (!process.env[name]) throw new Error(`${name} is not set`);
  let state = read();
  const keep = () => fs.writeFileSync(STATE, JSON.stringify(state));
  const newToken = (userId, scopes) => {
    const token = `${randomBytes(5).toString('hex')}-${randomBytes(11).toString('hex')}`;
    state.tokens[digest(token)] = { userId, scopes };
    keep();
    return token;
  };
  const shown = ({ password: _, ...user }) => ({
    ...user,
    organization_ids: ['00000000-0000-0000-0000-000000000001'],
  });

  const answer = (method, path, body, token) => {
    if (path === '/healthz') return [200, 'OK'];
    if (path === '/api/v2/users/first' && method === 'GET')
      return state.users.length > 0
        ? [200, { message: 'The initial user has already been created!' }]
        : [404, { message: 'The initial user has not been created!' }];
    if (path === '/api/v2/users/first') {
      if (state.users.length > 0) return [409, { message: 'The initial user has already been created.' }];
      if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(body.email) || String(body.password).length < 8)
        return [
          400,
          {
            message: 'Validation failed.',
            validations: [{ field: 'email', detail: 'Validation failed for tag "email"' }],
          },
        ];
      const user = {
        id: randomUUID(),
        username: body.username,
        email: body.email,
        password: digest(body.password),
        roles: ['owner'],
        status: 'active',
      };
      state.users.push(user);
      keep();
      return [201, { user_id: user.id }];
    }
    if (path === '/api/v2/users/login') {
      const user = state.users.find(({ email }) => email === body.email);
      if (!user || user.password !== digest(body.password))
        return [401, { message: 'Incorrect email or password.' }];
      return [201, { session_token: newToken(user.id, ['all']) }];
    }
    const known = state.tokens[digest(token ?? '')];
    const me = known && state.users.find(({ id }) => id === known.userId);
    if (!me) return [401, { message: SIGNED_OUT, detail: 'API key is invalid.' }];
    const may = (scope) => known.scopes.includes('all') || known.scopes.includes(scope);
    const isAdmin = me.roles.includes('owner') && known.scopes.includes('all');
    const [, name, rest] = /^\/api\/v2\/users\/([\w.-]+)(\/.*)?$/.exec(path) ?? [];
    if (name !== undefined) {
      const user = name === 'me' ? me : state.users.find(({ username }) => username === name);
      if (!user || !may('user:read')) return [404, { message: NOT_FOUND }];
      if (rest === undefined) return [200, shown(user)];
      if (!isAdmin) return [403, { message: 'Forbidden.' }];
      if (rest === '/roles' && method === 'PUT') {
        user.roles = body.roles;
        keep();
        return [200, shown(user)];
      }
      if (rest === '/keys/tokens' && method === 'POST') {
        const strange = (body.scopes ?? []).find((scope) => !SCOPES.includes(scope));
        if (strange)
          return [
            400,
            {
              message: 'Failed to create API key.',
              detail: `invalid or unsupported API key scope: "${strange}"`,
            },
          ];
        return [201, { key: newToken(user.id, body.scopes) }];
      }
    }
    if (path === '/api/v2/users' && method === 'POST') {
      if (!isAdmin) return [403, { message: 'Forbidden.' }];
      if (state.users.some(({ username }) => username === body.username))
        return [
          409,
          {
            message: 'User already exists.',
            validations: [{ field: 'username', detail: 'This value is already in use.' }],
          },
        ];
      const user = {
        id: randomUUID(),
        username: body.username,
        email: body.email,
        password: 'none',
        roles: [],
        status: 'active',
      };
      state.users.push(user);
      keep();
      return [201, shown(user)];
    }
    if (path === '/api/v2/users') return [200, { users: state.users.map(shown), count: state.users.length }];
    if (path === '/api/v2/workspaces') return [200, { workspaces: [], count: 0 }];
    const [, template] = /^\/api\/v2\/organizations\/default\/templates\/([\w-]+)$/.exec(path) ?? [];
    if (template !== undefined)
      return state.templates[template] ? [200, state.templates[template]] : [404, { message: NOT_FOUND }];
    // Its own program's way to it, not Coder's.
    if (path.startsWith('/stand-in/') && isAdmin) {
      state.templates[body.name] = { ...state.templates[body.name], ...body };
      keep();
      return [200, state.templates[body.name]];
    }
    return [404, { message: NOT_FOUND }];
  };

  const listener = (request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      let body = {};
      try {
        body = text === '' ? {} : JSON.parse(text);
      } catch {}
      const path = request.url.split('?')[0];
      const [status, said] = answer(request.method, path, body, request.headers['coder-session-token']);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(typeof said === 'string' ? said : JSON.stringify(said));
    });
  };
  const [host, port] = process.env.CODER_HTTP_ADDRESS.split(':');
  const servers = [http.createServer(listener).listen(Number(port), host)];
  if (process.env.CODER_TLS_ENABLE === 'true') {
    const [tlsHost, tlsPort] = process.env.CODER_TLS_ADDRESS.split(':');
    const tls = {
      cert: fs.readFileSync(process.env.CODER_TLS_CERT_FILE),
      key: fs.readFileSync(process.env.CODER_TLS_KEY_FILE),
      minVersion: 'TLSv1.2',
    };
    servers.push(https.createServer(tls, listener).listen(Number(tlsPort), tlsHost));
  }
  process.stdout.write('Started HTTP listener\n');
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
}

async function templates([action, name, ...words]) {
  const value = (option) => {
    const at = words.indexOf(option);
    return at === -1 ? undefined : words[at + 1];
  };
  const post = async (body) => {
    const answer = await fetch(`${process.env.CODER_URL}/stand-in/templates`, {
      method: 'POST',
      headers: { 'coder-session-token': process.env.CODER_SESSION_TOKEN, 'content-type': 'application/json' },
      body: JSON.stringify({ name, ...body }),
    });
    if (!answer.ok) throw new Error(`error: ${(await answer.json()).message}`);
  };
  if (action === 'push') {
    const folder = value('--directory');
    const files = fs.readdirSync(folder);
    if (!files.some((file) => file.endsWith('.tf')))
      throw new Error('error: no Terraform files in the directory');
    const variables = JSON.parse(fs.readFileSync(value('--variables-file'), 'utf8'));
    await post({
      active_version_id: randomUUID(),
      files,
      variables: Object.keys(variables),
      claim: digest(variables.workspace_claim_secret),
    });
    process.stdout.write(`Updated version at ${new Date().toISOString()}!\n`);
  } else if (action === 'edit')
    await post({
      display_name: value('--display-name'),
      description: value('--description'),
      icon: value('--icon'),
    });
  else throw new Error(`unrecognized subcommand "${action}"`);
}

const [command, ...rest] = process.argv.slice(2);
Promise.resolve()
  .then(() => (command === 'server' ? serve() : templates(rest)))
  .catch((fault) => {
    process.stderr.write(`${fault.message}\n`);
    process.exitCode = 1;
  });
