/** The gRPC server around a provider service. */
import * as path from 'node:path';
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type GrpcObject,
  type ServiceClientConstructor,
  type UntypedServiceImplementation,
  type handleUnaryCall,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProviderService } from './service';

/** Messages hold whole scripts and whole schemas. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** One entry of TF_REATTACH_PROVIDERS. */
export interface Reattach {
  readonly Protocol: 'grpc';
  readonly ProtocolVersion: 6;
  readonly Pid: number;
  readonly Test: true;
  readonly Addr: { readonly Network: 'tcp'; readonly String: string };
}

function loadService(): ServiceClientConstructor['service'] {
  const definition = loadSync(path.join(__dirname, 'provider.proto'), {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
    bytes: Buffer,
  });
  const namespace = loadPackageDefinition(definition)['tfplugin6'] as GrpcObject;
  return (namespace['Provider'] as ServiceClientConstructor).service;
}

/** Serves one method; what it throws reaches Terraform as a failed call with the message. */
function unary<Request>(method: (request: Request) => object): handleUnaryCall<Request, object> {
  return (call, respond) => {
    try {
      respond(null, method(call.request));
    } catch (cause) {
      respond(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
}

/** All methods of the proto file. What Terraform calls beyond them is answered as unimplemented, which it accepts. */
function methods(service: ProviderService): UntypedServiceImplementation {
  return {
    GetProviderSchema: unary(() => service.getProviderSchema()),
    ValidateProviderConfig: unary(service.validateProviderConfig.bind(service)),
    ValidateResourceConfig: unary(service.validateResourceConfig.bind(service)),
    ValidateDataResourceConfig: unary(service.validateDataResourceConfig.bind(service)),
    UpgradeResourceState: unary(service.upgradeResourceState.bind(service)),
    ConfigureProvider: unary(service.configureProvider.bind(service)),
    ReadResource: unary(service.readResource.bind(service)),
    PlanResourceChange: unary(service.planResourceChange.bind(service)),
    ApplyResourceChange: unary(service.applyResourceChange.bind(service)),
    ReadDataSource: unary(service.readDataSource.bind(service)),
    StopProvider: unary(() => service.stopProvider()),
  };
}

/** Providers that are being served. */
export interface Served {
  /** The value of TF_REATTACH_PROVIDERS. */
  readonly reattach: Readonly<Record<string, Reattach>>;
  /** Stops at once, open streams included: Terraform leaves some behind. */
  readonly close: () => void;
}

const definition = loadService();

/**
 * Serves providers on ports of their own on 127.0.0.1.
 *
 * @param services by provider address
 */
export async function serve(services: ReadonlyMap<string, ProviderService>): Promise<Served> {
  const servers: Server[] = [];
  const entries = [...services].map(async ([address, service]): Promise<[string, Reattach]> => {
    const server = new Server({
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    });
    servers.push(server);
    server.addService(definition, methods(service));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (cause, bound) =>
        cause === null ? resolve(bound) : reject(cause),
      );
    });
    const addr = { Network: 'tcp', String: `127.0.0.1:${port}` } as const;
    return [address, { Protocol: 'grpc', ProtocolVersion: 6, Pid: process.pid, Test: true, Addr: addr }];
  });
  const reattach = Object.fromEntries(await Promise.all(entries));
  return { reattach, close: () => servers.forEach((server) => server.forceShutdown()) };
}
