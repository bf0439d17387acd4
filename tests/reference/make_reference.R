# Reference numbers from base R for tests/reference/test_r.py. Run in this folder: Rscript make_reference.R
# Data of our own: four simulated stocks, one of them with gaps; estimation rows 1-120, event rows 126-136.
options(digits = 17)
set.seed(8)
n <- 136
market <- rnorm(n, 0, 0.01)
returns <- sapply(1:4, function(i) 0.0004 * i + (0.4 + 0.3 * i) * market + 0.008 * i * rt(n, df = 6))
returns[c(3, 40:44, 128, 131), 3] <- NA
colnames(returns) <- paste0("s", 1:4)
write.csv(data.frame(row = 1:n, market = market, returns), "r_returns.csv", row.names = FALSE)

event <- 126:136
out <- NULL
for (name in colnames(returns)) {
  d <- data.frame(y = returns[1:120, name], x = market[1:120])
  fit <- lm(y ~ x, data = d)
  new <- data.frame(x = market[event])
  forecast <- predict(fit, new, se.fit = TRUE)
  s <- forecast$residual.scale
  ar <- returns[event, name] - forecast$fit
  se <- sqrt(s^2 + forecast$se.fit^2)
  ok <- !is.na(ar)
  z <- cbind(1, market[event])[ok, , drop = FALSE]
  v <- s^2 * diag(sum(ok)) + z %*% vcov(fit) %*% t(z)
  car <- sum(ar[ok])
  car_se <- sqrt(sum(v))
  out <- rbind(out, data.frame(
    name = name, row = event, alpha = coef(fit)[[1]], beta = coef(fit)[[2]], sigma = s, df = fit$df.residual,
    ar = ar, se = se, t = ar / se, p = 2 * pt(-abs(ar / se), fit$df.residual),
    car = car, car_se = car_se, car_p = 2 * pt(-abs(car / car_se), fit$df.residual)))
}
write.csv(out, "r_market_model.csv", row.names = FALSE)

cases <- list(small = rnorm(9, 0.01, 0.03), larger = rnorm(40, 0.005, 0.03), ties = round(rnorm(30, 0.01, 0.02), 2))
rows <- NULL
for (name in names(cases)) {
  x <- cases[[name]]
  w <- suppressWarnings(wilcox.test(x, correct = FALSE, exact = length(x) <= 25))
  positive <- sum(x > 0)
  rows <- rbind(rows, data.frame(
    case = name, t = t.test(x)$statistic[[1]], t_p = t.test(x)$p.value, V = w$statistic[[1]], wilcox_p = w$p.value,
    positive = positive, binom_p = binom.test(positive, sum(x != 0))$p.value, x = paste(sprintf("%.17g", x), collapse = " ")))
}
write.csv(rows, "r_tests.csv", row.names = FALSE)
p <- c(runif(12)^3, 0.02, 0.02)
write.csv(data.frame(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH")), "r_adjust.csv", row.names = FALSE)
writeLines(R.version.string, "r_version.txt")
