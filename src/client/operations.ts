/**
 * The parts that transactions and batches are made of: `put('a', '1')`, `compare.version('a', '=',
 * 1)`. They are plain data and do nothing by themselves.
 */

import { checkOptions } from './option-names.ts'
import type {
  DeleteOptions,
  DeleteResult,
  Entry,
  IncrOptions,
  Key,
  KeyRange,
  LeaseId,
  PutResult,
} from './types.ts'

/** How a key is put. */
export interface PutOptions {
  /** The key is deleted with this lease. */
  readonly lease?: LeaseId
  /**
   * The key is deleted after this time, unless it is put again: without `ttlMs` or `keepLease` it
   * then stays. Not within transactions.
   */
  readonly ttlMs?: number
  /** Only when the key was last put at this revision; 0: when it is absent. */
  readonly ifRevision?: number
  /** Only when the key is absent. */
  readonly ifAbsent?: boolean
  /** Answer with what was there before. */
  readonly previous?: boolean
  /** The key stays with the lease, or the time to live, that it has. It must be there. */
  readonly keepLease?: boolean
}

/**
 * How a key is put within a transaction: conditions go into its `if`, and a key that ends by itself
 * gets a lease instead of `ttlMs`.
 */
export interface TxnPutOptions extends Pick<PutOptions, 'lease' | 'previous' | 'keepLease'> {
  readonly ttlMs?: never
  readonly ifRevision?: never
  readonly ifAbsent?: never
}

/** How a key is deleted within a transaction: conditions go into its `if`. */
export interface TxnDeleteOptions extends Pick<DeleteOptions, 'previous'> {
  readonly ifRevision?: never
}

/** Made by `put`. */
export interface PutOperation<Value> {
  readonly kind: 'put'
  readonly key: Key
  readonly value: Value
  readonly options: PutOptions
}

/** Made by `put` without what a transaction has no place for. */
export interface TxnPutOperation<Value> extends PutOperation<Value> {
  readonly options: TxnPutOptions
}

/** Made by `get`. */
export interface GetOperation {
  readonly kind: 'get'
  readonly key: Key
}

/** Made by `del`. */
export interface DeleteOperation {
  readonly kind: 'delete'
  readonly key: Key
  readonly options: Pick<DeleteOptions, 'ifRevision' | 'previous'>
}

/** Made by `del` without what a transaction has no place for. */
export interface TxnDeleteOperation extends DeleteOperation {
  readonly options: TxnDeleteOptions
}

/** Made by `incr`. */
export interface IncrOperation {
  readonly kind: 'incr'
  readonly key: Key
  readonly delta: bigint | number
  readonly options: Pick<IncrOptions, 'initial' | 'lease'>
}

/** Made by `list`. */
export interface ListOperation {
  readonly kind: 'list'
  readonly range: KeyRange
  /** 0: all. */
  readonly limit: number
}

/**
 * What a transaction is made of. Conditions of a put or delete go into its `if`, and a key that
 * ends by itself gets a lease instead of `ttlMs`.
 */
export type TxnOperation<Value> =
  | TxnPutOperation<Value>
  | GetOperation
  | TxnDeleteOperation
  | ListOperation

/** What a batch is made of. */
export type BatchOperation<Value> =
  | PutOperation<Value>
  | GetOperation
  | DeleteOperation
  | IncrOperation

/** What one operation gives. */
export type ResultOf<Value, Operation> = Operation extends { readonly kind: 'put' }
  ? PutResult<Value>
  : Operation extends { readonly kind: 'get' }
    ? Entry<Value> | null
    : Operation extends { readonly kind: 'delete' }
      ? DeleteResult<Value>
      : Operation extends { readonly kind: 'incr' }
        ? bigint
        : Operation extends { readonly kind: 'list' }
          ? readonly Entry<Value>[]
          : never

/** What a list of operations gives, one for one. */
export type ResultsOf<Value, Operations extends readonly unknown[]> = {
  readonly [At in keyof Operations]: ResultOf<Value, Operations[At]>
}

/** A put, for a transaction or a batch. It does nothing by itself. */
export function put<Value>(key: Key, value: Value, options?: TxnPutOptions): TxnPutOperation<Value>
export function put<Value>(key: Key, value: Value, options: PutOptions): PutOperation<Value>
export function put<Value>(key: Key, value: Value, options: PutOptions = {}): PutOperation<Value> {
  checkOptions('put', options)
  return { kind: 'put', key, value, options }
}

/** A read of one key, for a transaction or a batch. */
export function get(key: Key): GetOperation {
  return { kind: 'get', key }
}

/** A delete of one key, for a transaction or a batch. */
export function del(key: Key, options?: TxnDeleteOptions): TxnDeleteOperation
export function del(key: Key, options: DeleteOperation['options']): DeleteOperation
export function del(key: Key, options: DeleteOperation['options'] = {}): DeleteOperation {
  checkOptions('delete', options)
  return { kind: 'delete', key, options }
}

/** An addition to a counter, for a batch. */
export function incr(
  key: Key,
  delta: bigint | number = 1,
  options: IncrOperation['options'] = {},
): IncrOperation {
  checkOptions('incr', options)
  return { kind: 'incr', key, delta, options }
}

/** A read of a range, for a transaction, where it is answered at once and whole. */
export function list(
  range: KeyRange,
  { limit = 0 }: { readonly limit?: number } = {},
): ListOperation {
  return { kind: 'list', range, limit }
}

/** How what is there has to be, against what is given. */
export type Relation = '=' | '!=' | '<' | '>'

/** A condition of a transaction. An absent key has 0 for all numbers, and no value. */
export interface Comparison<Value> {
  readonly key: Key
  readonly relation: Relation
  readonly operand:
    | { readonly target: 'version' | 'revision' | 'createRevision'; readonly number: number }
    | { readonly target: 'lease'; readonly lease: LeaseId }
    | { readonly target: 'value'; readonly value: Value }
}

type Count = number | bigint

/** Conditions: `compare.revision('a', '=', 7)`, `compare.missing('b')`. */
export const compare = {
  /** How often the key was put since it came to be. */
  version: (key: Key, relation: Relation, version: Count): Comparison<never> =>
    ofNumber({ key, relation }, 'version', version),
  /** The revision of the last put. */
  revision: (key: Key, relation: Relation, revision: Count): Comparison<never> =>
    ofNumber({ key, relation }, 'revision', revision),
  /** The revision at which the key came to be. */
  createRevision: (key: Key, relation: Relation, revision: Count): Comparison<never> =>
    ofNumber({ key, relation }, 'createRevision', revision),
  /** The value, byte for byte. It fails for a key that is absent. */
  value: <Value>(key: Key, relation: Relation, value: Value): Comparison<Value> => ({
    key,
    relation,
    operand: { target: 'value', value },
  }),
  /** The lease that the key goes with. */
  lease: (key: Key, relation: Relation, lease: LeaseId): Comparison<never> => ({
    key,
    relation,
    operand: { target: 'lease', lease },
  }),
  /** The key is there. */
  exists: (key: Key): Comparison<never> => ofNumber({ key, relation: '>' }, 'createRevision', 0),
  /** The key is absent. */
  missing: (key: Key): Comparison<never> => ofNumber({ key, relation: '=' }, 'createRevision', 0),
} as const

function ofNumber(
  { key, relation }: { readonly key: Key; readonly relation: Relation },
  target: 'version' | 'revision' | 'createRevision',
  number: Count,
): Comparison<never> {
  // What is no number is refused when it is sent, as it was given.
  const exact = typeof number === 'bigint' ? Number(number) : number
  return { key, relation, operand: { target, number: exact } }
}
