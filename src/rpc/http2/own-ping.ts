/** The 8 octets of the PINGs that we send, by which their answers are known. */

export function ownPing(id: number): Uint8Array {
  return Uint8Array.from([0x71, 0x75, 0x6f, 0x72, 0x61, 0x74, 0x65, id])
}

export function isOwnPing(id: number, bytes: Uint8Array, offset: number): boolean {
  return ownPing(id).every((octet, at) => bytes[offset + at] === octet)
}
