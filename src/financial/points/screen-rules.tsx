import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { PointsRules } from './contract.ts'
import { sentencesOf } from './screen-sentences.tsx'

/** The rules read from top to bottom: how points are earned, what they are worth, how long they are good, what does not count. */
export function RulesRead({ rules }: { rules: PointsRules }) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = sentencesOf(t, format, rules.currency)
  return (
    <div className="rules-read">
      <section>
        <h2>{t('points:section.earn')}</h2>
        <ul className="sentences">
          {rules.earning.map(rule => (
            <li key={rule.ruleId}>{say.earning(rule)}</li>
          ))}
        </ul>
      </section>
      {rules.campaigns.length > 0 ? (
        <section>
          <h2>{t('points:section.campaigns')}</h2>
          <ul className="sentences">
            {rules.campaigns.map(campaign => (
              <li key={campaign.ruleId}>{say.campaign(campaign)}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <section>
        <h2>{t('points:section.worth')}</h2>
        <p>{say.worth(rules).join(format.language.startsWith('zh') ? '' : ' ')}</p>
      </section>
      <section>
        <h2>{t('points:section.expiry')}</h2>
        <p>{say.expiry(rules)}</p>
      </section>
      <section>
        <h2>{t('points:section.limits')}</h2>
        <ul className="sentences quiet">
          {say.limits(rules).map(sentence => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </section>
    </div>
  )
}
