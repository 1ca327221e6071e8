/**
 * What others entrust to us (tokens, keys) is kept sealed with the installation's secret, AES-256-GCM, bound to the place
 * where it stands: a text moved to another row does not open. Without `VIETA_SECRET` nobody reads it, not even from a backup.
 */
import { base64, fromBase64 } from '../base64.ts'

const version = 's1'

/** @param place what the text belongs to, e.g. `sending_channel <seller> access_point`; the same to open it */
export async function seal(secret: string, place: string, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const additionalData = new TextEncoder().encode(place)
  const key = await keyOf(secret, ['encrypt'])
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData },
    key,
    new TextEncoder().encode(text),
  )
  return `${version}.${base64(iv)}.${base64(new Uint8Array(sealed))}`
}

/** @returns null where it does not open: the installation's secret is another one, or the text is not of this place */
export async function unseal(secret: string, place: string, sealed: string): Promise<string | null> {
  const [kind, iv, text] = sealed.split('.')
  if (kind !== version || iv === undefined || text === undefined) return null
  const additionalData = new TextEncoder().encode(place)
  try {
    const key = await keyOf(secret, ['decrypt'])
    const opened = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: fromBase64(iv), additionalData },
      key,
      fromBase64(text),
    )
    return new TextDecoder().decode(opened)
  } catch {
    return null
  }
}

async function keyOf(secret: string, usages: ('encrypt' | 'decrypt')[]): Promise<CryptoKey> {
  const from = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, ['deriveKey'])
  const derive = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new TextEncoder().encode('vieta seal') }
  return crypto.subtle.deriveKey(derive, from, { name: 'AES-GCM', length: 256 }, false, usages)
}
