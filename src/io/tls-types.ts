/** TLS behind the same sockets. Certificates and keys are the bytes of PEM files. */

/** Who the other side is, as its certificate says; it was verified before anybody sees this. */
export interface PeerIdentity {
  /** Null when the certificate has none, or several: nobody guesses which one is meant. */
  readonly commonName: string | null
  /** Subject alternative names with their kind: `DNS:a.example`, `IP Address:10.0.0.1`, `URI:…`. */
  readonly names: readonly string[]
}

export interface TlsAgreement {
  /** The protocol agreed on by ALPN (RFC 7301); null when the client asked for none. */
  readonly protocol: string | null
  /** Null when the other side showed no certificate. */
  readonly peer: PeerIdentity | null
}
