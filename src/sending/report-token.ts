/** The token with which an access point may say what became of one document, and of no other: its id and a keyed hash of it. */
import { base64Url } from '../base64.ts'

export async function reportToken(secret: string, sending_id: string): Promise<string> {
  return `${sending_id}.${await macOf(secret, sending_id)}`
}

/** @returns the id of the sending, null for a token that is not ours */
export async function readReportToken(secret: string, token: string): Promise<string | null> {
  const [id = '', mac = ''] = token.split('.')
  const right = await macOf(secret, id)
  if (mac.length !== right.length) return null
  let difference = 0
  for (let at = 0; at < right.length; at++) difference |= right.charCodeAt(at) ^ mac.charCodeAt(at)
  return difference === 0 ? id : null
}

async function macOf(secret: string, id: string): Promise<string> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), hmac, false, ['sign'])
  const signed = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`sending report ${id}`))
  return base64Url(new Uint8Array(signed))
}
