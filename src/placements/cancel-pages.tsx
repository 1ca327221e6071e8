/** The form that cancels a place before its first day, and what a cancelled one says of itself. */
import { may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { refuse } from '../refusal.ts'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { DateField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useView } from '../ui/view-context.tsx'
import { cancelPlacement } from './cancel-commands.ts'
import { cancelReasons, PlacementCancellation } from './placement.ts'
import { getPlacementThatHolds, type PlacementRow } from './store.ts'
import { tokenOf } from './terms-fields.tsx'

export function cancelPages(app: App): void {
  app.get('/placements/:id/cancel', requires('placement.manage'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/placements/:id/cancel', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: PlacementCancellation,
      kinds: { decided_on: 'date' },
      act: async (input, ctx) => {
        await cancelPlacement(ctx, c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=placement_cancelled`
      },
      page: (state) => page(c, state),
    }),
  )
}

async function page(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t, format } = view
  const it = await transact(ctx, (tx) => getPlacementThatHolds(tx, c.req.param('id')!))
  const own = organisationOf(ctx.actor)
  if (!may(ctx.actor, 'placement.manage') || (it.seller_id !== own && it.buyer_id !== own)) refuse('not_found')
  return (
    <Layout
      view={view}
      title={t('cancel.title')}
      lead={t('cancel.lead', { date: format.date(it.valid_from) })}
      breadcrumbs={[
        { href: '/placements', text: t('placement.list') },
        { href: `/placements/${it.id}`, text: tokenOf(view, it) },
      ]}
    >
      {it.follows_id !== null && <Notice kind="info">{t('cancel.chain')}</Notice>}
      <Form action={`/placements/${it.id}/cancel`} state={state}>
        <SelectField
          name="reason"
          label={t('cancel.reason')}
          options={cancelReasons.map((reason) => ({ value: reason, label: t(`cancel.reason.${reason}`) }))}
        />
        <TextField
          name="decision"
          label={t('referral.decision')}
          hint={t('cancel.decision_hint')}
          width="medium"
          optional
        />
        <DateField name="decided_on" label={t('stay.decided_on')} optional />
        <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
        <Actions>
          <Button>{t('cancel.title')}</Button>
          <LinkButton href={`/placements/${it.id}`} kind="quiet">
            {t('action.back')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

/** On the page of a cancelled placement: that it never counts, and to its buyer how the person may be asked for anew. */
export function CancelledNotice({ placement: it, asks }: { placement: PlacementRow; asks: boolean }) {
  const { t, format } = useView()
  if (it.cancelled_at === null) return null
  const reason = t(`cancel.reason.${it.cancel_reason as 'other'}`)
  return (
    <>
      <Notice kind="warning">
        <p>{t('cancel.notice', { at: format.instant(it.cancelled_at), reason })}</p>
        {it.referral_id === null && <p>{t('cancel.notice_of_move')}</p>}
      </Notice>
      {asks && it.resident_id !== null && (
        <Actions>
          <LinkButton href={`/referrals/new?offer=${it.offer_id}&resident=${it.resident_id}`} kind="primary">
            {t('cancel.ask_anew')}
          </LinkButton>
          <LinkButton href="/catalogue">{t('cancel.ask_others')}</LinkButton>
        </Actions>
      )}
    </>
  )
}
