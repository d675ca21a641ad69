/**
 * Server reflection, v1 and v1alpha: what services there are and what their messages look like, so
 * that tools can call them without having the files of `proto/`. Source: the gRPC document "GRPC
 * Server Reflection Protocol".
 */

import { assert } from '../../base/index.ts'
import {
  descriptorBytes,
  type FileDescription,
  type ServiceDescription,
  reflectionAlpha as wireAlpha,
  reflection as wireV1,
} from '../../wire/index.ts'
import { type Method, type ServerCall, STATUS, type StreamHandler } from '../grpc/index.ts'

// The two versions differ in the name of the package and in nothing else.
type Request = wireV1.ServerReflectionRequest
type Answer = NonNullable<wireV1.ServerReflectionResponse['messageResponse']>
type Version = typeof wireV1.ServerReflection | typeof wireAlpha.ServerReflection

const VERSIONS: readonly Version[] = [wireV1.ServerReflection, wireAlpha.ServerReflection]

/** Tells of these services; it adds itself. */
export function reflectionMethods(services: readonly ServiceDescription[]): Method[] {
  const catalogue = new Catalogue([...services, ...VERSIONS])
  return VERSIONS.map((version) => ({
    kind: 'stream',
    path: version.methods.serverReflectionInfo.path,
    open: (call) => answering(call, { catalogue, version }),
  }))
}

function answering(
  call: ServerCall,
  { catalogue, version }: { catalogue: Catalogue; version: Version },
): StreamHandler {
  const { request: requests, response: responses } = version.methods.serverReflectionInfo
  return {
    message: (bytes, offset, length) => {
      const request = requests.decode(bytes, offset, length)
      const answer = responses.encodeBytes({
        validHost: request.host,
        originalRequest: request,
        messageResponse: catalogue.answer(request),
      })
      // Who asks and does not read has to wait with asking.
      if (!call.write(answer, 0, answer.length)) call.pause()
    },
    ended: () => call.end(),
    writable: () => call.resume(),
    cancelled: () => {},
  }
}

/** Everything that can be asked for. */
class Catalogue {
  readonly #services: readonly string[]
  readonly #files = new Map<string, FileDescription>()
  readonly #filesBySymbol = new Map<string, FileDescription>()
  /** With everything it imports, decoded once. */
  readonly #descriptors = new Map<FileDescription, readonly Uint8Array[]>()

  constructor(services: readonly ServiceDescription[]) {
    this.#services = services.map(({ name }) => name).sort()
    assert(new Set(this.#services).size === services.length, 'a service is named once')
    for (const { file } of services) this.#add(file)
  }

  #add(file: FileDescription): void {
    if (this.#files.has(file.name)) return
    this.#files.set(file.name, file)
    for (const symbol of file.symbols) this.#filesBySymbol.set(symbol, file)
    for (const dependency of file.dependencies) this.#add(dependency)
    const whole = withDependencies(file, new Set())
    this.#descriptors.set(file, [...whole].map(descriptorBytes))
  }

  answer({ messageRequest }: Request): Answer {
    if (messageRequest === null) return failed(STATUS.INVALID_ARGUMENT, 'nothing is asked for')
    switch (messageRequest.kind) {
      case 'fileByFilename':
        return this.#fileAnswer(this.#files.get(messageRequest.value))
      case 'fileContainingSymbol':
        return this.#fileAnswer(this.#filesBySymbol.get(messageRequest.value))
      case 'allExtensionNumbersOfType':
        return this.#extensionsAnswer(messageRequest.value)
      case 'fileContainingExtension':
        return failed(STATUS.NOT_FOUND, 'there are no extensions in proto3')
      case 'listServices': {
        const service = this.#services.map((name) => ({ name }))
        return { kind: 'listServicesResponse', value: { service } }
      }
    }
  }

  #fileAnswer(file: FileDescription | undefined): Answer {
    if (file === undefined) return failed(STATUS.NOT_FOUND, 'this server does not know it')
    const descriptors = this.#descriptors.get(file)
    assert(descriptors !== undefined, 'every file has its descriptor')
    return { kind: 'fileDescriptorResponse', value: { fileDescriptorProto: [...descriptors] } }
  }

  /** A type that is known has none. */
  #extensionsAnswer(type: string): Answer {
    if (!this.#filesBySymbol.has(type)) return failed(STATUS.NOT_FOUND, 'there is no such type')
    const value = { baseTypeName: type, extensionNumber: [] }
    return { kind: 'allExtensionNumbersResponse', value }
  }
}

/** The file first, each file once. */
function withDependencies(file: FileDescription, found: Set<FileDescription>): typeof found {
  if (found.has(file)) return found
  found.add(file)
  for (const dependency of file.dependencies) withDependencies(dependency, found)
  return found
}

function failed(errorCode: number, errorMessage: string): Answer {
  return { kind: 'errorResponse', value: { errorCode, errorMessage } }
}
