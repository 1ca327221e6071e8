import type { Child, PropsWithChildren } from 'hono/jsx'
import { emptyForm, FormFields, type FormState, HiddenInputs } from './form.tsx'
import { Icon, type IconName } from './icon.tsx'
import { useView } from './view-context.tsx'

export type ButtonKind = 'primary' | 'secondary' | 'danger' | 'quiet'

type ButtonProps = PropsWithChildren<{
  kind?: ButtonKind
  name?: string
  value?: string
  icon?: IconName
  form?: string
  label?: string
}>

/** Submits the form it stands in. */
export function Button({ kind = 'primary', icon, label, children, ...rest }: ButtonProps) {
  return (
    <button type="submit" class={`button button-${kind}`} aria-label={label} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

export function LinkButton({
  href,
  kind = 'secondary',
  icon,
  download,
  children,
}: PropsWithChildren<{ href: string; kind?: ButtonKind; icon?: IconName; download?: boolean }>) {
  return (
    <a class={`button button-${kind}`} href={href} download={download || undefined}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  )
}

/** The row of buttons that ends a form or a card. */
export function Actions({ children }: PropsWithChildren) {
  return <div class="actions">{children}</div>
}

type PostProps = {
  action: string
  label: Child
  kind?: ButtonKind
  icon?: IconName
  /** hidden inputs sent along */
  fields?: Record<string, string>
}

/** One button that does one thing: a whole POST form of its own. */
export function PostButton({ action, label, kind = 'secondary', icon, fields }: PostProps) {
  return (
    <form method="post" action={action} class="post-button">
      <HiddenInputs fields={fields} />
      <Button kind={kind} {...(icon && { icon })}>
        {label}
      </Button>
    </form>
  )
}

/**
 * For what cannot be taken back: the button opens, says what will happen, and only then offers to do it. Works without scripts.
 * The children are what will happen, and may hold fields (a reason, say): `state` brings them back
 * after a refusal, and `id` tells two of them on one page apart.
 */
export function Confirm({
  action,
  label,
  confirm,
  kind = 'danger',
  icon,
  fields,
  state = emptyForm,
  id = 'confirm',
  open = state.errors.length > 0,
  children,
}: PropsWithChildren<PostProps & { confirm?: Child; state?: FormState; id?: string; open?: boolean }>) {
  return (
    <details class="confirm" open={open}>
      <summary class={`button button-${kind === 'danger' ? 'danger-outline' : kind}`}>
        {icon && <Icon name={icon} />}
        {label}
      </summary>
      <form method="post" action={action} class={`confirm-body confirm-${kind}`} novalidate>
        <HiddenInputs fields={fields} />
        <FormFields state={state} id={id}>
          {children}
        </FormFields>
        <Button kind={kind}>{confirm ?? label}</Button>
      </form>
    </details>
  )
}

/** Shown only where scripts run: without them the browser's own menu prints. */
export function PrintButton() {
  const { t } = useView()
  return (
    <button type="button" class="button button-secondary scripted-only" data-print="">
      <Icon name="print" />
      {t('action.print')}
    </button>
  )
}

/** A tick in a row of a list, for the form that stands under it (`ChooseRows`). */
export function RowChoice({ form, name, value, label }: { form: string; name: string; value: string; label: string }) {
  return (
    <label class="row-choice">
      <input type="checkbox" form={form} name={name} value={value} aria-label={label} />
    </label>
  )
}

/** Goes on with the rows that are ticked, one way or another; it stays in sight below a long list. `fields`: what goes along, hidden. */
export function ChooseRows(props: {
  id: string
  action: string
  label: string
  also?: { action: string; label: string } | false
  fields?: Record<string, string>
}) {
  const { id, action, label, also, fields = {} } = props
  return (
    <form id={id} method="get" action={action} class="actions actions-in-sight">
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class="button button-secondary">
        {label}
      </button>
      {also && (
        <button type="submit" class="button button-secondary" formaction={also.action}>
          {also.label}
        </button>
      )}
    </form>
  )
}
