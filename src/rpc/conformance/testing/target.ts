import type { Address } from '../../../io/index.ts'

/** The server under test. */
export interface Target {
  readonly address: Address
  readonly paths: {
    /** A unary gRPC method that answers with the message it was given, and status 0. */
    readonly unary: string
  }
  close(): Promise<void>
}
