import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { TlsCertificate } from '../tls-types.ts'

/**
 * Certificates for tests, made when they are needed: X.509 version 3 (RFC 5280 §4.1) in DER, signed
 * with ECDSA on P-256. Just what the tests ask for; Node.js can read certificates and make none.
 */

export interface CertificateRequest {
  readonly commonNames: readonly string[]
  /** `DNS:a.example`, `IP Address:127.0.0.1` or `URI:…`. */
  readonly names?: readonly string[]
  readonly expired?: boolean
}

/** Whoever signs. `certificate` is what the other side must trust. */
export interface Authority {
  readonly certificate: Uint8Array
  readonly issue: (request: CertificateRequest) => TlsCertificate
}

export function createAuthority(commonName: string): Authority {
  const { publicKey, privateKey } = createKeys()
  const subject = nameOf([commonName])
  const certificate = create({
    issuer: subject,
    subject,
    publicKey,
    signer: privateKey,
    years: ['20', '49'],
    // basicConstraints: an authority.
    extension: extension([0x55, 0x1d, 0x13], sequence(der(0x01, Uint8Array.of(0xff)))),
  })
  return {
    certificate,
    issue: ({ commonNames, names = [], expired = false }) => {
      const keys = createKeys()
      const leaf = create({
        issuer: subject,
        subject: nameOf(commonNames),
        publicKey: keys.publicKey,
        signer: privateKey,
        years: expired ? ['20', '21'] : ['20', '49'],
        // subjectAltName.
        extension: extension([0x55, 0x1d, 0x11], sequence(...names.map(alternativeName))),
      })
      const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
      return { certificate: leaf, key: Buffer.from(key) }
    },
  }
}

function createKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

interface Content {
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  /** Of the first of January, in this century. */
  readonly years: readonly [string, string]
  readonly extension: Uint8Array
}

function create(content: Content): Uint8Array {
  const { issuer, subject, publicKey, signer, years, extension } = content
  const ecdsaWithSha256 = sequence(identifier([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]))
  const time = (year: string): Uint8Array => der(0x17, Buffer.from(`${year}0101000000Z`))
  const signed = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(Uint8Array.of(1, ...randomBytes(15))),
    ecdsaWithSha256,
    issuer,
    sequence(time(years[0]), time(years[1])),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  )
  const signature = der(0x03, Uint8Array.of(0), sign('sha256', signed, signer))
  const base64 = Buffer.from(sequence(signed, ecdsaWithSha256, signature)).toString('base64')
  const lines = base64.match(/.{1,64}/g) ?? []
  return Buffer.from(
    ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  )
}

function nameOf(commonNames: readonly string[]): Uint8Array {
  const parts = commonNames.map((one) =>
    der(0x31, sequence(identifier([0x55, 0x04, 0x03]), der(0x0c, Buffer.from(one)))),
  )
  return sequence(...parts)
}

function alternativeName(text: string): Uint8Array {
  const [kind = '', ...rest] = text.split(':')
  const value = rest.join(':')
  if (kind === 'IP Address') return der(0x87, Uint8Array.from(value.split('.'), Number))
  return der(kind === 'DNS' ? 0x82 : 0x86, Buffer.from(value))
}

function extension(id: readonly number[], value: Uint8Array): Uint8Array {
  return sequence(identifier(id), der(0x04, value))
}

function identifier(bytes: readonly number[]): Uint8Array {
  return der(0x06, Uint8Array.from(bytes))
}

function integer(bytes: Uint8Array): Uint8Array {
  return der(0x02, bytes)
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(0x30, ...parts)
}

/** ITU-T X.690 §8.1: tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Uint8Array.of(tag, length), content])
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Uint8Array.of(tag, ...long), content])
}
