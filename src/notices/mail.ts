/** A notice as a mail: what it is about and where to read on, and nothing that a stranger may not read. */

import { messageIdOf } from '../jobs/mail.ts'
import type { Handler } from '../jobs/outbox.ts'
import type { Outside } from '../jobs/outside.ts'
import type { NoticeKind as DueKind } from '../settlement/calendar-of-seller.ts'
import { formatFor } from '../ui/format.ts'
import { type Language, translator } from '../ui/texts.ts'
import { type Said, type ToldKind, toldKinds } from './notice.ts'

/** A notice as a mail carries it. */
export type Told =
  | { id: string; kind: ToldKind; said: Said }
  | { id: string; kind: DueKind; said: Said; seller_name: string; month: string; due_on: string }
type Payload = { language: Language; notices: Told[]; daily?: boolean; more?: number }

/** A notice in one sentence, on the page and in the mail. */
export function sentenceOf(notice: Told, language: Language): string {
  const t = translator(language)
  const format = formatFor(language)
  if ('month' in notice) {
    const date = format.date(notice.due_on)
    return t(`reminder.${notice.kind}`, { seller: notice.seller_name, month: format.month(notice.month), date })
  }
  const { party = '', reference = '', date, count = 0, about = 'offer' } = notice.said
  return t(`told.${notice.kind}`, { party, reference, date: date === undefined ? '' : format.date(date), count, about })
}

/** @param address where others reach us, without a slash at the end; null leaves the ways there out */
export function mailOf(payload: Payload, address: string | null): { subject: string; text: string } {
  const { language, notices, daily = false, more = 0 } = payload
  const t = translator(language)
  const lines = notices.flatMap((notice) => [
    sentenceOf(notice, language),
    ...(address === null ? [] : [`${address}${'month' in notice ? '/' : `/notices/${notice.id}`}`]),
    '',
  ])
  const [first] = notices
  const group = first !== undefined && first.kind in toldKinds ? toldKinds[first.kind as ToldKind] : 'documents'
  const subject = daily ? t('told.daily_subject', { count: notices.length + more }) : t(`told.subject.${group}`)
  const text = [
    t('told.greeting'),
    '',
    ...lines,
    ...(more > 0 ? [t('told.more', { count: more }), ''] : []),
    t('told.why'),
    ...(address === null ? [] : [`${address}/notices/preferences`]),
  ]
  return { subject, text: text.join('\n') }
}

/** Sends notices. Without a mail server they wait, and are given up in the end. */
export function noticeHandler(outside: Outside): Handler {
  return async (message, signal) => {
    if (outside.mail === null || outside.mail_from === null) return { state: 'retry', reason: 'not_here' }
    if (message.recipient === null) return { state: 'refused', reason: 'no_address' }
    const mail = mailOf(message.payload as unknown as Payload, outside.address)
    const message_id = messageIdOf(message.id, outside.mail_from)
    return outside.mail({ from: outside.mail_from, to: message.recipient, ...mail, message_id }, signal)
  }
}
