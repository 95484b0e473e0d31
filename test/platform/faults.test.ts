/** What is wrong with props is told at once, in the words of the props. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { AiPlatformProps } from '../../constructs/platform/ai-platform';
import { CoderServer, type OwnCoderProps } from '../../constructs/platform/coder-server';
import { CoderSignIn } from '../../constructs/platform/coder-sign-in';
import { Database } from '../../constructs/platform/database';
import { EngineAccess } from '../../constructs/platform/engine-access';
import { WorkspaceFacingNetwork } from '../../constructs/platform/platform-networks';
import { ServiceImage } from '../../constructs/platform/service-image';
import { Tls } from '../../constructs/platform/tls';
import { AI_FEATURES } from '../../src/ai-features';
import { policy } from '../../src/policy';
import { AiPlatformStack } from '../../src/stacks/ai-platform';

const folder = mkdtempSync(join(tmpdir(), 'platform-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const make = (props: Partial<AiPlatformProps>): AiPlatformStack =>
  new AiPlatformStack(new App({ outdir: folder, stackTraces: false }), 'ai-platform', props);

function faultsOf(props: Partial<AiPlatformProps>): string {
  try {
    make(props);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const coder = (props: OwnCoderProps): Partial<AiPlatformProps> => ({ coder: CoderServer.own(props) });

const DASHBOARD = {
  issuerUrl: 'https://id.example.com',
  clientId: 'ai',
  accessUrl: 'https://ai.example.com',
  adminGroups: ['ai-admins'],
};

test.each<[string, Partial<AiPlatformProps>, string]>([
  ['a name with capitals', { name: 'AI' }, '"name" must be 2 to 32 lower-case letters'],
  ['no replicas', { gateway: { replicas: 0 } }, '"gateway.replicas" must be a whole number from 1 to 32, got 0'],
  ['half a replica', { gateway: { replicas: 1.5 } }, '"gateway.replicas" must be a whole number from 1 to 32, got 1.5'],
  ['no provider', { gateway: { providers: [] } }, '"gateway.providers" must name one provider at least'],
  ['an endless shutdown', { gateway: { shutdownSeconds: 4000 } }, '"gateway.shutdownSeconds" must be a whole number from 1 to 3600, got 4000'],
  ['a setting that is the stack’s', { gateway: { environment: { GATEWAY_PORT: '1' } } }, '"gateway.environment" must leave to the platform what it says itself, got GATEWAY_PORT'],
  ['a dashboard without groups', { gateway: { signIn: { ...DASHBOARD, adminGroups: [] } } }, '"gateway.signIn.adminGroups" or viewerGroups must name a group, got none'],
  ['a dashboard of no provider', { gateway: { signIn: { ...DASHBOARD, issuerUrl: undefined } } }, '"gateway.signIn.issuerUrl" must be given, got none'],
  ['a dashboard’s provider in the clear', { gateway: { signIn: { ...DASHBOARD, issuerUrl: 'http://id' } } }, '"gateway.signIn.issuerUrl" must start with https://, got "http://id"'],
  ['a dashboard with a path', { gateway: { signIn: { ...DASHBOARD, accessUrl: 'https://ai/ui' } } }, '"gateway.signIn.accessUrl" must be where browsers reach the dashboard, such as "https://ai.example.com", without a path, got "https://ai/ui"'],
  ['a setting of the sign-in by itself', { gateway: { environment: { GATEWAY_OIDC_CLIENT_ID: 'x' } } }, '"gateway.environment" must leave to the platform what it says itself, got GATEWAY_OIDC_CLIENT_ID'],
  ['alerts to nobody', { gateway: { alerts: {} } }, '"gateway.alerts" must name a webhook, mail or moreChannels, got none'],
  ['a signature that nobody looks at', { gateway: { alerts: { webhook: { kind: 'slack', signed: true } } } }, '"gateway.alerts.webhook.signed" must be left out for "slack"'],
  ['mail to no address', { gateway: { alerts: { mail: { from: 'ai@example.com', to: ['ops'] } } } }, '"gateway.alerts.mail" must have plain mail addresses such as "ai@example.com", one to send to at least, got ai@example.com, ops'],
  ['a setting of the alerts by itself', { gateway: { alerts: { webhook: {} }, environment: { ALERT_WEBHOOK_KIND: 'slack' } } }, '"gateway.environment" must leave to the platform what it says itself, got ALERT_WEBHOOK_KIND'],
  ['telemetry to nobody', { gateway: { telemetry: {} } }, '"gateway.telemetry" must name otlp or langfuse, got neither'],
  ['headers in the clear', { gateway: { telemetry: { otlp: { endpoint: 'http://otlp.example.com', headers: true } } } }, '"gateway.telemetry.otlp.headers" must be left out for an address that begins with http://'],
  ['credentials in an address', { gateway: { telemetry: { otlp: { endpoint: 'https://a:b@otlp.example.com' } } } }, '"gateway.telemetry.otlp.endpoint" must be an address such as "https://otlp.example.com"'],
  ['two of Langfuse', { langfuse: {}, gateway: { telemetry: { langfuse: { url: 'https://langfuse.example.com' } } } }, '"gateway.telemetry.langfuse" must be left out beside the platform'],
  ['an OTLP server beside the collector', { collector: { prometheus: {} }, gateway: { telemetry: { otlp: { endpoint: 'https://otlp.example.com' } } } }, '"gateway.telemetry.otlp" must be left out beside "collector"'],
  ['a collector for nobody', { collector: {} }, '"collector.endpoint" or prometheus must be given, got neither'],
  ['a collector’s credential in the clear', { collector: { endpoint: 'http://otlp.example.com', credentialHeader: 'authorization' } }, '"collector.credentialHeader" must be left out unless endpoint begins with https://'],
  ['a collector that gets no signal', { collector: { endpoint: 'https://otlp.example.com', signals: [] } }, '"collector.signals" must be of '],
  ['no memory', { gateway: { memory: 0 } }, 'memory of "gateway_1" must be a whole number of megabytes from 16 to 1048576, got 0'],
  ['hundredths of a CPU', { gateway: { cpus: 0.25 } }, 'cpus of "gateway_1" must be from 0.1 to 1024 in tenths, got 0.25'],
  ['a host name for an address', { gateway: { adminAddress: 'localhost' } }, 'addresses of "gateway_door" must be those of this host, got "localhost"'],
  ['a port that is none', { gateway: { adminPort: 70_000 } }, 'ports of "gateway_door" must be from 1 to 65535, got 70000'],
  ['a tag that moves', { database: Database.own({ image: ServiceImage.of('postgres:latest') }) }, 'image of "postgres" must not use a tag that moves'],
  ['an image without a version', { database: Database.own({ image: ServiceImage.of('postgres') }) }, 'image of "postgres" must be "name:version", got "postgres"'],
  ['a digest that is none', { database: Database.own({ image: ServiceImage.of('postgres:17.11', { digest: 'sha256:1' }) }) }, 'digest of "postgres" must be "sha256:" and 64 hex digits, got "sha256:1"'],
  ['Docker’s own network', { workspaceNetwork: WorkspaceFacingNetwork.existing('bridge') }, '"workspaceNetwork" must not be Docker\'s own network "bridge"'],
  ['a network with a blank', { workspaceNetwork: WorkspaceFacingNetwork.own({ name: 'a b' }) }, '"workspaceNetwork" must be the name of a Docker network, got "a b"'],
  ['an access URL in the clear', coder({ accessUrl: 'http://coder.example.com' }), '"coder.accessUrl" must start with https://'],
  ['an access URL with a path', coder({ accessUrl: 'https://example.com/coder' }), '"coder.accessUrl" must be an address such as'],
  ['no access URL at all', { coder: CoderServer.existing('coder') }, '"coder.accessUrl" must be an address such as'],
  ['TLS in front of nobody knows what', { tls: Tls.inFront() }, '"coder.accessUrl" must be given with TLS in front'],
  ['a wildcard that is none', coder({ wildcardAccessUrl: 'coder.example.com' }), '"coder.wildcardAccessUrl" must be such as'],
  ['a Coder that is too old', coder({ image: ServiceImage.of('ghcr.io/coder/coder:v2.35.4') }), '"coder.image" must be Coder 2.36 or newer'],
  ['an issuer in the clear', coder({ signIn: CoderSignIn.oidc({ issuerUrl: 'http://id', clientId: 'x' }) }), '"coder.signIn.issuerUrl" must start with https://'],
  ['a group that is none', coder({ engine: EngineAccess.socket(-1) }), '"coder.engine" must have the number of the socket\'s group, got -1'],
  ['a group by its name', coder({ engine: EngineAccess.socket(Number('docker')) }), 'EngineAccess.socket(group)" must be a number, got NaN'],
  ['a gateway by both schemes', { policy: { ...policy, gateways: ['https://ai-gateway:4000', 'http://litellm:4000'] } }, '"policy.gateways" must name this gateway by https:// or by http:// alone, got https://ai-gateway:4000, http://litellm:4000'],
  ['AI of Coder’s own', coder({ environment: { CODER_AI_GATEWAY_ENABLED: 'true' } }), '"coder.environment" must not switch AI features on again, got CODER_AI_GATEWAY_ENABLED'],
])('%s', (_, props, message) => {
  expect(faultsOf(props)).toContain(message);
}); // prettier-ignore

test('all of them are told together', () => {
  const faults = faultsOf({ name: 'AI', gateway: { replicas: 0 }, ...coder({ accessUrl: 'http://coder' }) });
  for (const prop of ['"name"', '"gateway.replicas"', '"coder.accessUrl"']) expect(faults).toContain(prop);
});

test('every switch of the list is off in Coder’s environment, whatever else it is given', () => {
  const text = [
    ...make(coder({ environment: { CODER_VERBOSE: 'true' } }))
      .hclFiles()
      .values(),
  ].join('\n');
  const switches = AI_FEATURES.flatMap(({ server = [] }) => server);
  expect(switches.length).toBeGreaterThan(2);
  for (const { variable, value } of switches) expect(text).toContain(`"${variable}=${value}"`);
  expect(text).toContain('"CODER_VERBOSE=true"');
});
