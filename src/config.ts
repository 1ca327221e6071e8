/** The environment, read once into a typed value. */

import { isThisMachine } from './jobs/addresses.ts'
import type { BucketSettings } from './jobs/file-store.ts'

export interface Config {
  /** where to serve (`PORT`, default 3000) */
  port: number
  /** `DATABASE_URL`; absent: the embedded database */
  database_url: string | null
  /** `VIETA_DATA`: the embedded database's folder */
  data: string
  /** `VIETA_SECRET`: keys the hashes of sessions and tokens */
  secret: string
  /** `VIETA_URL`: where others reach us, for access points and links in mails; null: nobody has said */
  address: string | null
  /** `SMTP_URL`: the mail server, `smtp://user:password@host:587` or `smtps://…`; null: no mail leaves */
  smtp_url: string | null
  /** `MAIL_FROM`: whom notices come from, `Vieta <vieta@example.lv>` */
  mail_from: string | null
  /** `VIETA_DROP`: the folder in which each seller finds its files; null: there is none */
  drop_folder: string | null
  /** `VIETA_INBOX`: the folder in which e-invoices from outside are left, in one folder for each registration number; null: none */
  inbox: string | null
  /** `VIETA_FILES` with its key: the bucket for the files of messages; null: they stand in the database */
  files: BucketSettings | null
  /** `NODE_ENV=production`: no demonstration people, secure cookies */
  production: boolean
}

const demoSecret = 'the demonstration has no secret'

/** @throws Error with a sentence for the person at the terminal, where a setting is missing or makes no sense */
export function readConfig(env: Record<string, string | undefined>): Config {
  const production = env.NODE_ENV === 'production'
  const port = Number(env.PORT ?? '3000')
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`PORT is ${env.PORT}; give a whole number from 0 to 65535.`)
  }
  if (production && (env.VIETA_SECRET ?? '').length < 32) {
    throw new Error('NODE_ENV is production and VIETA_SECRET is not set: give a secret of at least 32 characters.')
  }
  return {
    port,
    database_url: env.DATABASE_URL || null,
    data: env.VIETA_DATA || './.vieta',
    secret: env.VIETA_SECRET || demoSecret,
    address: urlOf('VIETA_URL', env.VIETA_URL, ['http:', 'https:'])?.replace(/\/+$/, '') ?? null,
    smtp_url: urlOf('SMTP_URL', env.SMTP_URL, ['smtp:', 'smtps:']),
    mail_from: env.MAIL_FROM || null,
    drop_folder: env.VIETA_DROP || null,
    inbox: env.VIETA_INBOX || null,
    files: bucketIn(env),
    production,
  }
}

/**
 * The bucket for files, by the same names on Node and Workers.
 * @throws Error with a sentence where it has no key, or is asked in the clear in production
 */
export function bucketIn(env: Record<string, string | undefined>): BucketSettings | null {
  const url = urlOf('VIETA_FILES', env.VIETA_FILES, ['http:', 'https:'])
  if (url === null) return null
  const { protocol, hostname } = new URL(url)
  if (env.NODE_ENV === 'production' && protocol === 'http:' && !isThisMachine(hostname)) {
    throw new Error('VIETA_FILES is not on this machine: give an address that begins with https://.')
  }
  const { VIETA_FILES_KEY: access_key_id, VIETA_FILES_SECRET: secret_access_key } = env
  if (!access_key_id || !secret_access_key) {
    throw new Error('VIETA_FILES names a bucket: give its key as well, VIETA_FILES_KEY and VIETA_FILES_SECRET.')
  }
  return { url, access_key_id, secret_access_key, region: env.VIETA_FILES_REGION || 'us-east-1' }
}

function urlOf(name: string, value: string | undefined, protocols: string[]): string | null {
  if (!value) return null
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Error(
      `${name} makes no sense; give an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}.`,
    )
  }
  return value
}
