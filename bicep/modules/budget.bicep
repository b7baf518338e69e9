metadata name = 'Budget'
metadata description = 'Tells the operators when the month becomes more expensive than it should be. It stops nothing.'

@description('Name of the budget.')
param name string

@description('The month\'s budget in the currency of the subscription.')
@minValue(1)
@maxValue(1000000)
param amount int

@description('First day of a month, from which on it counts; it cannot be changed later.')
param startDate string

@description('Who is told.')
@minLength(1)
param alertEmails string[]

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      actual80: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: alertEmails
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: alertEmails
      }
    }
  }
}
