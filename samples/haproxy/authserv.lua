-- Announces an authserv-id (draft-kucherawy-sender-auth-caps-00) in the replies of a POP3 or SMTP server that cannot do
-- so itself, on a port where HAProxy ends TLS:
--
--     lua-load /etc/haproxy/authserv.lua                      in global
--     filter lua.authserv-pop3 mx.example.org                 in the frontend; or lua.authserv-smtp
--
-- A reply is changed only if it is certain which command it answers. So the commands are kept in a queue, and text that is
-- neither a command (a SASL response, the text of a message) nor a reply (a retrieved message) is followed to its end.
-- Where that is no longer possible, the rest of the connection goes through as it is, and nothing is announced.
-- STLS and STARTTLS are removed from the lists: the server behind HAProxy sees no TLS and offers it, and a client that
-- accepted it would send TLS where HAProxy has ended it.

-- HAProxy 2.6 returns wrong octets of a channel unless its buffer begins with them (the length is taken from the wrong
-- place in `_hlua_channel_dup`). So data is either sent on as a whole or held back as a whole, and while earlier data is
-- still unsent, nothing is read.

-- The maximum of octets that are held back, for the end of a list; a buffer of HAProxy has 16,384. Octets of a line that
-- are read.
local HELD, LINE = 8192, 1024

local Session = {}
Session.__index = Session

-- Stops following this connection.
local function blind(session)
    session.isBlind = true
end

local function first(session)
    return session.queue[1]
end

local function pop(session)
    table.remove(session.queue, 1)
end

-- The end of a text that a line with only a dot ends, as an index in data; nil if it is not in data.
local function endOfText(session, data)
    local joined = session.tail .. data
    local start = joined:find("\r\n.\r\n", 1, true)
    if start then return start + 4 - #session.tail end
    session.tail = joined:sub(-4)
    return nil
end

-- The client's data: never changed, and never held back.

local function command(session, line)
    if session.awaitsResponse then
        session.awaitsResponse = false
        return
    end
    local verb, rest = line:match("^%s*(%S*)%s*(.-)%s*$")
    local entry = { verb = verb:upper(), hasArgument = rest ~= "" }
    session.queue[#session.queue + 1] = entry
    if session.isSMTP and entry.verb == "BDAT" then session.chunk = tonumber(rest:match("^%d+")) or 0 end
end

local function fromClient(session, data)
    local index = 1
    while index <= #data and not session.isBlind do
        if session.chunk > 0 then
            local skipped = math.min(session.chunk, #data - index + 1)
            session.chunk = session.chunk - skipped
            index = index + skipped
        elseif session.isInMessage then
            local last = endOfText(session, data:sub(index))
            if not last then return end
            session.isInMessage = false
            session.queue[#session.queue + 1] = { verb = "." }
            index = index + last
        else
            local last = data:find("\n", index, true)
            session.line = (session.line .. data:sub(index, last or #data)):sub(1, LINE)
            if not last then return end
            index = last + 1
            local line = session.line
            session.line = ""
            command(session, line)
        end
    end
end

-- A continuation: the next line of the client is not a command, and may be on its way already.
local function continued(session)
    if session.queue[2] then table.remove(session.queue, 2) else session.awaitsResponse = true end
end

-- The server's data. Each function takes the data from an index on, and returns what to send in place of what it has
-- read, and the index after that; nil if it must wait for the end of a list.

-- The whole line whose end is in the data, and the index of the end; nil if the end is not in the data.
local function takeLine(session, data, index)
    local last = data:find("\n", index, true)
    local line = (session.reply .. data:sub(index, last or #data)):sub(1, LINE)
    session.reply = last and "" or line
    if not last then return nil, #data end
    return line, last
end

local function isKeyword(line, keyword)
    local word = line:match("^[^ =\r\n]*")
    return word:upper() == keyword
end

-- POP3 (RFC 1939, 2449, 5034)

-- Commands whose +OK is followed by lines up to a dot: always, or if they have no argument.
local LISTING = { CAPA = "always", RETR = "always", TOP = "always", LIST = "bare", UIDL = "bare", AUTH = "bare", LANG = "bare" }
local SINGLE = { GREETING = true, USER = true, PASS = true, APOP = true, STAT = true, DELE = true, NOOP = true, RSET = true,
    QUIT = true, UTF8 = true, STLS = true, LIST = true, UIDL = true, AUTH = true, LANG = true }

local function pop3List(session, data, index)
    local last = data:sub(index, index + 2) == ".\r\n" and index + 2 or select(2, data:find("\r\n.\r\n", index, true))
    if not last then return nil end
    local lines = {}
    for line in data:sub(index, last - 3):gmatch("[^\n]*\n") do
        if not isKeyword(line, "STLS") and not isKeyword(line, "AUTHSERV") then lines[#lines + 1] = line end
    end
    lines[#lines + 1] = session.hasLoggedIn and "AUTHSERV " .. session.id .. "\r\n" or "AUTHSERV\r\n"
    return table.concat(lines) .. ".\r\n", last + 1
end

local function pop3(session, data, index)
    if session.isInText then
        local last = endOfText(session, data:sub(index))
        if not last then return data:sub(index), #data + 1 end
        session.isInText = false
        pop(session)
        return data:sub(index, index + last - 1), index + last
    elseif session.isInList then
        local list, next = pop3List(session, data, index)
        if not list then return nil end
        session.isInList = false
        pop(session)
        return list, next
    end
    local line, last = takeLine(session, data, index)
    if not line then return data:sub(index), #data + 1 end
    local head = first(session)
    local isOK = line:find("^%+OK[ \r\n]") ~= nil
    if not head or not (isOK or line:find("^%-ERR[ \r\n]") or line:find("^%+[ \r\n]")) then
        blind(session)
    elseif line:find("^%+[ \r\n]") then
        if head.verb ~= "AUTH" then blind(session) else continued(session) end
    elseif not isOK then
        pop(session)
    elseif head.verb == "CAPA" then
        session.isInList = true
    elseif LISTING[head.verb] == "always" or LISTING[head.verb] == "bare" and not head.hasArgument then
        session.isInText = true
        session.tail = "\r\n"
    elseif not SINGLE[head.verb] or head.verb == "STLS" then
        -- It is unknown whether lines follow; or TLS begins.
        blind(session)
    else
        if head.verb == "PASS" or head.verb == "APOP" or head.verb == "AUTH" then session.hasLoggedIn = true end
        pop(session)
    end
    return data:sub(index, last), last + 1
end

-- SMTP (RFC 5321, 4954, 3030)

-- Also nil if the reply has no list.
local function ehloReply(session, data, index)
    local lines = {}
    repeat
        local last = data:find("\n", index, true)
        if not last then return nil end
        local line = data:sub(index, last)
        local separator, text = line:match("^250([ %-]?)(.-)\r?\n$")
        if not separator then
            blind(session)
            return nil
        end
        if #lines == 0 or not (isKeyword(text, "STARTTLS") or isKeyword(text, "AUTHSERV")) then lines[#lines + 1] = text end
        index = last + 1
    until separator ~= "-"
    -- In the form of RFC 5321, and in that of the draft.
    lines[#lines + 1] = "AUTHSERV " .. session.id
    lines[#lines + 1] = "AUTHSERV=" .. session.id
    for number, text in ipairs(lines) do lines[number] = (number < #lines and "250-" or "250 ") .. text .. "\r\n" end
    return table.concat(lines), index
end

local function smtp(session, data, index)
    local head = first(session)
    if head and head.verb == "EHLO" and not session.isInReply and session.reply == "" then
        -- The first octets show whether there is a list to wait for.
        local code = data:sub(index, index + 2)
        if code == ("250"):sub(1, #code) then
            local reply, next = ehloReply(session, data, index)
            if reply then pop(session) end
            return reply, next
        end
    end
    local line, last = takeLine(session, data, index)
    if not line then return data:sub(index), #data + 1 end
    local code, separator = line:match("^(%d%d%d)([ %-\r\n])")
    if not head or not code then
        blind(session)
    elseif separator == "-" then
        session.isInReply = true
    else
        session.isInReply = false
        if code == "334" and head.verb == "AUTH" then
            continued(session)
        elseif code == "354" and head.verb == "DATA" then
            pop(session)
            -- Data that was sent too early is text or commands, as the server decides.
            if first(session) or session.line ~= "" then blind(session) end
            session.isInMessage = true
            session.tail = "\r\n"
        elseif code == "220" and head.verb == "STARTTLS" then
            blind(session)
        else
            pop(session)
        end
    end
    return data:sub(index, last), last + 1
end

-- The interface of HAProxy

local function fromServer(session, channel, count)
    local data = channel:data(0, count)
    -- Data that was read before and held back is the beginning of it.
    local sent, index = session.sent, session.index
    while index <= #data and not session.isBlind do
        local text, next = session.protocol(session, data, index)
        if not text then break end
        sent[#sent + 1] = text
        index = next
    end
    if index <= #data and not session.isBlind then
        if #data <= HELD and channel:may_recv() then
            session.index = index
            return 0
        end
        blind(session)
    end
    sent[#sent + 1] = data:sub(index)
    session.sent, session.index = {}, 1
    local text = table.concat(sent)
    -- If there is no room, nothing is changed, and the list is sent as it is.
    if text == data or channel:set(text, 0, count) ~= #text then return count end
    return #text
end

local function register(name, protocol, isSMTP)
    local Filter = { id = name, flags = 0 }
    Filter.__index = Filter

    function Filter:new()
        local session = setmetatable({
            id = self.authservID, protocol = protocol, isSMTP = isSMTP, isBlind = false, queue = { { verb = "GREETING" } },
            line = "", chunk = 0, tail = "", reply = "", isInMessage = false, isInText = false, isInList = false,
            isInReply = false, hasLoggedIn = false, awaitsResponse = false, sent = {}, index = 1,
        }, Session)
        return setmetatable({ session = session }, Filter)
    end

    function Filter:start_analyze(_, channel)
        filter.register_data_filter(self, channel)
        return filter.CONTINUE
    end

    function Filter:tcp_payload(_, channel)
        local count = channel:input()
        if count == 0 or self.session.isBlind then return count end
        if channel:output() > 0 then
            blind(self.session)
            return count
        end
        if channel:is_resp() then return fromServer(self.session, channel, count) end
        fromClient(self.session, channel:data(0, count))
        return count
    end

    core.register_filter(name, Filter, function(configured, arguments)
        local id = arguments[1]
        if not id or #arguments > 1 or id:find("[^%w%.%-]") then error(name .. " takes one argument, the authserv-id") end
        configured.authservID = id
        return configured
    end)
end

register("authserv-pop3", pop3, false)
register("authserv-smtp", smtp, true)
