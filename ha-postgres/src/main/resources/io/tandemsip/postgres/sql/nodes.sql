SELECT id, uri, pools, zone, priority, weight, max_calls FROM :"schema".node ORDER BY id
