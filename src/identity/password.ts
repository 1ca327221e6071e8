/** Passwords as scrypt hashes (RFC 7914), their parameters beside them so that they can be raised later. */
import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto'

const cost = { N: 16384, r: 8, p: 5 }

function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 32 * 1024 * 1024 + 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** `scrypt$N$r$p$salt$hash`, both base64. N=16384 r=8 p=5 is the OWASP recommendation of 2024. */
export async function hashPassword(password: string, parameters = cost): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, parameters)
  return `scrypt$${parameters.N}$${parameters.r}$${parameters.p}$${salt.toString('base64')}$${key.toString('base64')}`
}

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = stored.split('$')
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) return false
  const key = await derive(password, Buffer.from(salt, 'base64'), { N: Number(N), r: Number(r), p: Number(p) })
  return timingSafeEqual(key, Buffer.from(hash, 'base64'))
}

/** Letters and digits that are not taken for each other when read aloud or copied from paper. */
const plainSigns = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A first password, shown once: four groups of four signs, about 79 bits. */
export function newPassword(): string {
  const group = () => Array.from({ length: 4 }, () => plainSigns[randomInt(plainSigns.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
