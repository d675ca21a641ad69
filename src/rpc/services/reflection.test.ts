import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  descriptorBytes,
  etcd,
  health,
  reflectionAlpha as wireAlpha,
  reflection as wireV1,
} from '../../wire/index.ts'
import { reflectionMethods } from '../index.ts'
import { callStream, open, serve, until, writeAll } from '../interop/testing/index.ts'

type Request = NonNullable<wireV1.ServerReflectionRequest['messageRequest']>
type Answer = NonNullable<wireV1.ServerReflectionResponse['messageResponse']>

const V1 = wireV1.ServerReflection.methods.serverReflectionInfo
const ALPHA = wireAlpha.ServerReflection.methods.serverReflectionInfo

async function ask(context: TestContext, requests: readonly (Request | null)[], method = V1) {
  const methods = reflectionMethods([etcd.KV, health.Health])
  const { port } = await serve(context, { methods })
  const call = await callStream(open(context, port), method)
  const whole = requests.map((messageRequest) => ({ host: 'here', messageRequest }))
  writeAll(call, whole)
  assert.equal(await call.answers.status, 'OK')
  const { messages } = call.answers
  assert.deepEqual(
    messages.map(({ originalRequest }) => originalRequest),
    whole,
  )
  assert.ok(messages.every(({ validHost }) => validHost === 'here'))
  return messages.map(({ messageResponse }) => messageResponse)
}

function filesIn(answer: Answer | null | undefined): Uint8Array[] {
  assert.ok(answer?.kind === 'fileDescriptorResponse', `an answer with files: ${answer?.kind}`)
  return answer.value.fileDescriptorProto
}

function errorIn(answer: Answer | null | undefined): number {
  assert.ok(answer?.kind === 'errorResponse', `an answer with an error: ${answer?.kind}`)
  return answer.value.errorCode
}

describe('reflection', () => {
  for (const [version, method] of [
    ['v1', V1],
    ['v1alpha', ALPHA],
  ] as const) {
    it(`lists what was given to it, and itself, in ${version}`, async (context) => {
      const [answer] = await ask(
        context,
        [{ kind: 'listServices', value: '' }],
        method as typeof V1,
      )
      assert.ok(answer?.kind === 'listServicesResponse')
      assert.deepEqual(
        answer.value.service.map(({ name }) => name),
        [
          'etcdserverpb.KV',
          'grpc.health.v1.Health',
          'grpc.reflection.v1.ServerReflection',
          'grpc.reflection.v1alpha.ServerReflection',
        ],
      )
    })
  }

  it('gives a file by its name, with what it imports', async (context) => {
    const [answer, imported] = await ask(context, [
      { kind: 'fileByFilename', value: 'etcd/rpc.proto' },
      { kind: 'fileByFilename', value: 'etcd/kv.proto' },
    ])
    const own = [etcd.KV.file, ...etcd.KV.file.dependencies].map(descriptorBytes)
    assert.equal(own.length, 3)
    assert.deepEqual(filesIn(answer).map(Buffer.from), own.map(Buffer.from))
    assert.deepEqual(filesIn(imported).map(Buffer.from), own.slice(2).map(Buffer.from))
  })

  it('gives the file of a service, a method, a message and an enumeration', async (context) => {
    const symbols = [
      'etcdserverpb.KV',
      'etcdserverpb.KV.Put',
      'etcdserverpb.PutRequest',
      'etcdserverpb.RangeRequest.SortOrder',
      'mvccpb.KeyValue',
      'grpc.reflection.v1alpha.ServerReflection',
    ]
    const answers = await ask(
      context,
      symbols.map((value) => ({ kind: 'fileContainingSymbol', value })),
    )
    const names = answers.map((answer) => fileName(filesIn(answer)[0]))
    const expected = [...Array(4).fill('etcd/rpc.proto'), 'etcd/kv.proto']
    assert.deepEqual(names, [...expected, 'grpc/reflection/v1alpha/reflection.proto'])
  })

  it('knows of no extensions', async (context) => {
    const extension = { containingType: 'etcdserverpb.PutRequest', extensionNumber: 100 }
    const [one, all, unknown] = await ask(context, [
      { kind: 'fileContainingExtension', value: extension },
      { kind: 'allExtensionNumbersOfType', value: 'etcdserverpb.PutRequest' },
      { kind: 'allExtensionNumbersOfType', value: 'etcdserverpb.Nothing' },
    ])
    assert.equal(errorIn(one), 5)
    assert.deepEqual(all, {
      kind: 'allExtensionNumbersResponse',
      value: { baseTypeName: 'etcdserverpb.PutRequest', extensionNumber: [] },
    })
    assert.equal(errorIn(unknown), 5)
  })

  it('answers what it does not know with an error, and goes on', async (context) => {
    const answers = await ask(context, [
      { kind: 'fileByFilename', value: 'etc/passwd' },
      { kind: 'fileContainingSymbol', value: 'quorate.echo.v1.Echo' },
      null,
      { kind: 'listServices', value: '' },
    ])
    assert.deepEqual(answers.slice(0, 3).map(errorIn), [5, 5, 3])
    assert.equal(answers[3]?.kind, 'listServicesResponse')
  })

  it('does not take more questions than answers are read', async (context) => {
    const methods = reflectionMethods([etcd.KV])
    const { port, accepted } = await serve(context, { methods })
    const call = await callStream(open(context, port), V1)
    const question = { host: '', messageRequest: { kind: 'listServices', value: '' } } as const
    writeAll(call, Array(20_000).fill(question))
    await until(() => call.answers.messages.length > 0)
    assert.equal(await call.answers.status, 'OK')
    assert.equal(call.answers.messages.length, 20_000)
    assert.equal(accepted.length, 1)
  })
})

/** `name`, the first field of a `FileDescriptorProto`. */
function fileName(descriptor: Uint8Array | undefined): string {
  assert.equal(descriptor?.[0], 0x0a)
  const length = descriptor[1] as number
  return new TextDecoder().decode(descriptor.subarray(2, 2 + length))
}
