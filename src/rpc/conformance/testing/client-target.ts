import type { Address } from '../../../io/index.ts'

/** How a call of the client under test ended. */
export type Outcome =
  | { readonly kind: 'answered'; readonly message: Buffer }
  | { readonly kind: 'failed'; readonly reason: string }

/** The client under test; it opens its connection with its first call at the latest. */
export interface TestClient {
  /** A unary gRPC call. Ends in every case; never throws. */
  call(message: Buffer): Promise<Outcome>
  close(): void
}

export interface ClientTarget {
  connect(address: Address): TestClient
}
