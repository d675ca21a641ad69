/** The shapes of JSON that go in and out, as OpenAPI describes them (JSON Schema 2020-12). */

export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly (string | number)[]
  readonly minimum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly maxItems?: number
  readonly additionalProperties?: boolean
  readonly $ref?: string
}

const text = (description: string): Schema => ({ type: 'string', description })
const whole = (description: string): Schema => ({ type: 'integer', description, minimum: 0 })
const yes = (description: string): Schema => ({ type: 'boolean', description })
const counted = (description: string): Schema => ({
  oneOf: [{ type: 'integer' }, { type: 'string' }],
  description: `${description} Of 64 bits: beyond 2^53 it is sent as a text.`,
})
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const list = (items: Schema, description: string): Schema => ({ type: 'array', items, description })

function object(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  description?: string,
): Schema {
  const said = description === undefined ? {} : { description }
  return { type: 'object', ...said, properties, required, additionalProperties: false }
}

const REVISION = whole('The revision of the store.')

/** What keys an operation is about. */
const WHICH = {
  key: ref('Bytes'),
  prefix: ref('Bytes'),
  start: ref('Bytes'),
  end: ref('Bytes'),
}

const PLAIN: Readonly<Record<string, Schema>> = {
  Bytes: {
    description: 'Any bytes: a text stands for its UTF-8, everything else is base64.',
    oneOf: [{ type: 'string' }, object({ base64: text('The bytes in base64.') }, ['base64'])],
  },
  Entry: object(
    {
      key: text('As text, or in base64 when it is not UTF-8.'),
      keyEncoding: { type: 'string', enum: ['base64'], description: 'Only when it is not text.' },
      value: text('As text, or in base64 when it is not UTF-8; absent when only keys were asked.'),
      encoding: { type: 'string', enum: ['text', 'base64'], description: 'Of the value.' },
      revision: whole('When the key was changed last; its `ETag`.'),
      createRevision: whole('When it was created.'),
      version: whole('How often it was put since then.'),
      lease: text('The lease it goes with, in hexadecimal digits; absent when there is none.'),
    },
    ['key', 'revision', 'createRevision', 'version'],
  ),
  Written: object({ revision: REVISION, previous: ref('Entry') }, ['revision']),
  Deleted: object(
    {
      deleted: whole('How many keys there were.'),
      revision: REVISION,
      previous: list(ref('Entry'), 'What they held, if that was asked for.'),
    },
    ['deleted', 'revision'],
  ),
  Counter: object(
    {
      value: text('What the key holds now; a text, for it has 64 bits.'),
      revision: REVISION,
    },
    ['value', 'revision'],
  ),
  Entries: object(
    {
      entries: list(ref('Entry'), 'In the order of their keys.'),
      revision: whole('The revision that all pages are of.'),
      count: whole('How many there are in all; on the last page and with `count`.'),
      cursor: text('What asks for the next page; absent on the last one.'),
    },
    ['revision'],
  ),
  Error: object(
    {
      error: object(
        {
          code: text('Decide by this: it never changes its meaning.'),
          message: text('What happened, to what; for people.'),
          advice: text('What to do.'),
          retry: {
            type: 'string',
            enum: ['never', 'at-leader', 'later', 'unknown-outcome'],
            description: 'What may be done with the same request, see errors.md.',
          },
        },
        ['code', 'message', 'advice', 'retry'],
      ),
    },
    ['error'],
  ),
  Operation: object(
    {
      op: { type: 'string', enum: ['put', 'get', 'delete', 'incr'] },
      ...WHICH,
      value: ref('Bytes'),
      lease: text('put, incr: the lease of the key.'),
      ttl: text('put: how long the key lives, such as `1.5s`; as `?ttl` of PUT.'),
      ifRevision: whole('put, delete, incr: only if the key has this revision.'),
      ifAbsent: yes('put, incr: only if the key is not there.'),
      previous: yes('put, delete: tell what was there before.'),
      by: counted('incr: what is added; 1 by default.'),
      initial: counted('incr: what is added to when the key is not there; 0 by default.'),
      limit: whole('get: at most so many.'),
      keysOnly: yes('get: leave out the values.'),
      count: yes('get: tell only how many there are.'),
      revision: whole('get: as of this revision.'),
    },
    ['op'],
    'For one key: `key`; for several (get, delete): `prefix`, or `start` and `end`.',
  ),
  Batch: object(
    { operations: { type: 'array', items: ref('Operation'), maxItems: 1024 } },
    ['operations'],
    'Each by itself, and all of them at the same time: the order of effects is not said.',
  ),
  OperationResult: object(
    {
      revision: REVISION,
      previous: list(ref('Entry'), 'put, delete, incr: what was there before.'),
      deleted: whole('delete: how many keys there were.'),
      value: text('incr: what the key holds now.'),
      entries: list(ref('Entry'), 'get: what was found.'),
      count: whole('get: how many there are.'),
      more: yes('get: there are more than the limit.'),
      error: object({ code: text(''), message: text(''), advice: text(''), retry: text('') }),
      succeeded: yes('txn: which way it went.'),
      results: list({ type: 'object' }, 'txn: of its operations.'),
    },
    [],
    'What belongs to the operation, or `error`.',
  ),
  Results: object({ results: list(ref('OperationResult'), 'In the order of the operations.') }, [
    'results',
  ]),
  Condition: object(
    {
      ...WHICH,
      field: {
        type: 'string',
        enum: ['value', 'version', 'revision', 'createRevision', 'lease'],
        description: 'What of the key is compared.',
      },
      is: { type: 'string', enum: ['=', '!=', '<', '>'] },
      to: { description: 'A number, the id of a lease, or bytes.', oneOf: [{}] },
      exists: yes('Instead of field, is and to: whether the key is there.'),
    },
    [],
  ),
  Transaction: object(
    {
      if: list(ref('Condition'), 'All of them must hold.'),
      // biome-ignore lint/suspicious/noThenProperty: it is data, and what people read.
      then: list(ref('TransactionOperation'), 'Done, all at one revision, if they hold.'),
      else: list(ref('TransactionOperation'), 'Done, all at one revision, if they do not.'),
    },
    [],
  ),
  TransactionOperation: object(
    {
      op: { type: 'string', enum: ['put', 'get', 'delete', 'txn'] },
      ...WHICH,
      value: ref('Bytes'),
      lease: text('put: the lease of the key.'),
      previous: yes('put, delete: tell what was there before.'),
      limit: whole('get: at most so many.'),
      keysOnly: yes('get: leave out the values.'),
      count: yes('get: tell only how many there are.'),
      revision: whole('get: as of this revision.'),
      if: list(ref('Condition'), 'txn'),
      // biome-ignore lint/suspicious/noThenProperty: it is data, and what people read.
      then: list({ type: 'object' }, 'txn'),
      else: list({ type: 'object' }, 'txn'),
    },
    ['op'],
  ),
  TransactionResult: object(
    {
      succeeded: yes('Whether the conditions held.'),
      revision: REVISION,
      results: list(ref('OperationResult'), 'In the order of the operations that were done.'),
    },
    ['succeeded', 'revision', 'results'],
  ),
  WatchEvent: object(
    {
      type: { type: 'string', enum: ['put', 'delete'] },
      id: text('To go on behind this event: `Last-Event-ID`, or `after`.'),
      entry: ref('Entry'),
      previous: ref('Entry'),
    },
    ['type', 'id', 'entry'],
    'One change of one key.',
  ),
  WatchMark: object(
    {
      type: {
        type: 'string',
        enum: ['ready', 'progress'],
        description: '`ready`: the first line. `progress`: everything up to `id` was told.',
      },
      id: text('To go on from here: `Last-Event-ID`, or `after`.'),
    },
    ['type', 'id'],
    'How far it is. Nothing has happened: there is no entry.',
  ),
  WatchLine: {
    description:
      'A line of JSON. The first one is `ready`; after 15 seconds of silence comes `progress`. ' +
      'An error is the last one.',
    oneOf: [ref('WatchEvent'), ref('WatchMark'), ref('Error')],
  },
  Lease: object(
    {
      id: text('In hexadecimal digits.'),
      ttl: whole('Seconds that are left.'),
      grantedTtl: whole('Seconds it was granted for.'),
      keys: list(ref('Bytes'), 'Those that go with it, if that was asked for.'),
    },
    ['id', 'ttl'],
  ),
  Leases: object({ leases: list(text('In hexadecimal digits.'), 'Their ids.') }, ['leases']),
  Revoked: object({ revision: REVISION }, ['revision']),
  Node: object(
    {
      id: text('In hexadecimal digits, as etcd shows it.'),
      name: text('Empty until it has said its name.'),
      clientUrls: list(text(''), 'Where clients reach it.'),
      peerUrls: list(text(''), 'Where other nodes reach it.'),
      isLeader: yes('As far as the node that was asked knows.'),
      isLearner: yes('It has no vote.'),
    },
    ['id', 'name', 'clientUrls', 'peerUrls', 'isLeader', 'isLearner'],
  ),
  Nodes: object({ nodes: list(ref('Node'), 'All members of the cluster.') }, ['nodes']),
  Status: object(
    {
      clusterId: text('In hexadecimal digits.'),
      nodeId: text('Of the node that answers.'),
      leader: { oneOf: [{ type: 'string' }, { type: 'null' }], description: 'null: nobody.' },
      isLeader: yes('This node leads.'),
      isLearner: yes('This node has no vote.'),
      version: text('Of etcd, whose behaviour is offered.'),
      revision: REVISION,
      term: whole('Of Raft.'),
      committedIndex: whole('Of the log.'),
      appliedIndex: whole('Of the log.'),
      sizeBytes: whole('What the store takes.'),
      sizeInUseBytes: whole('What of it is in use.'),
      quotaBytes: whole('What it may take.'),
      alarms: list(text(''), 'Such as NOSPACE.'),
    },
    ['clusterId', 'nodeId', 'leader', 'revision', 'term'],
  ),
  Level: object({ level: { type: 'string', description: 'The level of the log.' } }, ['level']),
  Ready: object({ ready: yes('Whether to send it requests.'), reason: text('Why not.') }, [
    'ready',
  ]),
}

export type SchemaName =
  | 'Entry'
  | 'Written'
  | 'Deleted'
  | 'Counter'
  | 'Entries'
  | 'Error'
  | 'Batch'
  | 'Results'
  | 'Transaction'
  | 'TransactionResult'
  | 'WatchEvent'
  | 'WatchLine'
  | 'Lease'
  | 'Leases'
  | 'Revoked'
  | 'Nodes'
  | 'Status'
  | 'Level'
  | 'Ready'

export const SCHEMAS: Readonly<Record<string, Schema>> = PLAIN
