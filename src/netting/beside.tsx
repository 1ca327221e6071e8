/** What the page of an invoice says of netting: what holds it, or settled it. */
import { may } from '../context.ts'
import type { BesideDocument } from '../http/app.ts'
import { Section } from '../ui/blocks.tsx'
import { Notice } from '../ui/notice.tsx'
import { nettingsOf } from './store.ts'

export const nettingBesideDocument: BesideDocument = async (tx, ctx, document) => {
  const nettings = may(ctx.actor, 'netting.read') ? await nettingsOf(tx, [document.id]) : []
  return ({ t, format }) => ({
    above:
      nettings.length === 0 ? null : (
        <Section title={t('netting.of_document')}>
          {nettings.map(({ netting_id, status, amount, settled_on }) => (
            <Notice kind={status === 'settled' ? 'info' : 'warning'}>
              {status === 'settled'
                ? t('netting.of_document_settled', {
                    date: format.date(settled_on ?? ''),
                    amount: format.money(amount),
                  })
                : t('netting.of_document_held', { amount: format.money(amount) })}{' '}
              <a href={`/netting/${netting_id}`}>{t('netting.open_one')}</a>
            </Notice>
          ))}
        </Section>
      ),
  })
}
