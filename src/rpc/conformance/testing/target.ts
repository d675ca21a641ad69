import type { Address } from '../../../io/index.ts'

/** The server under test. */
export interface Target {
  readonly address: Address
  readonly paths: {
    /** A unary gRPC method that answers with the message it was given, and status 0. */
    readonly unary: string
    /** A streaming method that sends back every message it is given, and then status 0. */
    readonly streaming: string
    /** A method that reads nothing of its request, so that its window is used up. */
    readonly unread: string
  }
  /** Takes no more streams, ends those that it has, and then the connections (RFC 9113 §6.8). */
  leave(): void
  close(): Promise<void>
}

export const PATHS = {
  unary: '/quorate.conformance.Echo/Unary',
  streaming: '/quorate.conformance.Echo/Streaming',
  unread: '/quorate.conformance.Echo/Unread',
} as const
